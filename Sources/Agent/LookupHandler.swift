// One connection of the lookup service.

import PostfixFiles
import Threads

/// Lives on the agent's loop.
final class LookupHandler: ConnectionOwner, Client {
  private let dispatcher: Dispatcher
  private let asker: Asker
  private let clients: ClientLimit
  private var connection: Connection?
  private var reader = NetstringReader()
  /// Whether an answer is on its way.
  private var isWaiting = false
  /// Whether the loop calls us when the turn is ours.
  private var isInLine = false
  var isBusy: Bool { isWaiting || isInLine }

  /// What may lie here of answers that are not fetched. Postfix's clients ask again when they have their answer.
  private static let mostWaiting = 262_144
  /// For fetching the answers before a request that cannot be read.
  private static let grace = Duration.seconds(10)
  /// A client that asks nothing for so long is sent away. Postfix's own hang up after 10 seconds, and connect again.
  private static let idleLimit = Duration.seconds(60)

  init(_ dispatcher: Dispatcher, _ descriptor: Int32, _ asker: Asker, among clients: ClientLimit) {
    self.dispatcher = dispatcher
    self.asker = asker
    self.clients = clients
    connection = Connection(descriptor, on: dispatcher.loop, owner: self)
    connection?.setLimit(Self.idleLimit)
    clients.opened(self)
  }

  /// The first question of Postfix's is answered at once. All others wait for a turn of the loop each, those of strangers
  /// after those of Postfix: so neither many questions in one piece nor many clients keep mail waiting.
  func received(_ bytes: ArraySlice<UInt8>) {
    reader.append(bytes)
    clients.used(self)
    if isBusy { return readNoMore() }
    if asker == .postfix { answerNext() } else { waitForTurn() }
  }

  /// What more a client sends stays in its socket until it has its answers.
  private func readNoMore() { connection?.read(false) }

  private func waitForTurn() {
    isInLine = true
    readNoMore()
    dispatcher.loop.later(asker == .postfix ? .first : .last) {
      self.isInLine = false
      self.answerNext()
    }
  }

  /// Answers one question. The one who asks takes the answers in the order of the questions.
  private func answerNext() {
    guard let connection else { return }
    do throws(NetstringReader.NetstringError) {
      guard let request = try reader.next() else { return connection.read(true) }
      isWaiting = true
      dispatcher.lookup(request, from: asker) { answer in
        self.isWaiting = false
        self.send(answer)
      }
    } catch {
      dispatcher.sayOfLookups("a lookup request cannot be read: it is not a netstring")
      connection.setLimit(Self.grace)
      connection.closeWhenSent()
      clients.closed(self)
    }
  }

  private func send(_ answer: SocketmapAnswer) {
    guard let connection else { return }
    connection.send(Bytes(netstring: Array(answer.payload.utf8)))
    connection.setLimit(Self.idleLimit)
    if connection.unsentCount > Self.mostWaiting {
      dispatcher.sayOfLookups("a lookup client that does not wait for its answers is sent away")
      return dismiss()
    }
    if reader.count > 0 { waitForTurn() } else { connection.read(true) }
  }

  func ended(_ code: Int32) {
    connection = nil
    clients.closed(self)
  }

  func dismiss() {
    connection?.close()
    connection = nil
    clients.closed(self)
  }

  /// An answer that is on its way waits for a file of ours, or for its turn.
  func reachedLimit() { if isBusy { connection?.setLimit(Self.idleLimit) } else { dismiss() } }
}
