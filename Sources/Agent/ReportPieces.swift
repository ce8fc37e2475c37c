// The texts of reports, made piece by piece on another thread: a long one must not hold up the deliveries.

import PostfixFiles
import Threads

/// Lives on the agent's loop.
final class ReportPieces {
  private static let thread = BackgroundQueue(threads: 1)
  private let arrivals = Mailbox<(Int, Bytes?, StatusPieces)>()
  private var waiting: [Int: (Bytes?, StatusPieces) -> Void] = [:]
  private var last = 0

  init(on loop: SocketLoop) {
    loop.watch(arrivals.descriptor) { [unowned self] in unpack() }
  }

  /// Makes the next piece of a text, and calls `then` with it and the rest.
  func next(_ pieces: StatusPieces, then: @escaping (Bytes?, StatusPieces) -> Void) {
    last += 1
    let (number, arrivals) = (last, arrivals)
    waiting[number] = then
    Self.thread.run {
      var pieces = pieces
      let piece = pieces.next()
      arrivals.post((number, piece, pieces))
    }
  }

  private func unpack() {
    for (number, piece, rest) in arrivals.empty() { waiting.removeValue(forKey: number)?(piece, rest) }
  }
}
