// One stream socket of a loop: it hands received bytes on, sends what it is given, and reports its end once.

import Glibc

/// Who a connection belongs to. All calls come from the loop, none from within a call to the connection.
package protocol ConnectionOwner: AnyObject {
  /// Some bytes came, cut anywhere.
  func received(_ bytes: ArraySlice<UInt8>)
  /// The other side hung up (0), or it failed (errno). Nothing comes after that.
  func ended(_ code: Int32)
  /// The limit that was set has passed; it is set no longer.
  func reachedLimit()
  /// All that was given is sent, after some of it had to wait.
  func sentAll()
}

extension ConnectionOwner {
  package func sentAll() {}
}

/// Lives on the loop's thread. After its owner closes it, it calls the owner no more.
package final class Connection {
  private let loop: SocketLoop
  private(set) var descriptor: Int32
  private var key: UInt64 = 0
  private var owner: (any ConnectionOwner)?
  /// What the socket would not take yet.
  private var unsent: ArraySlice<UInt8> = []
  private var isClosing = false
  private var isReading = true
  /// Whether the other side has ended its sending.
  private var hasEnded = false
  private var limit: ContinuousClock.Instant?

  /// For the rest of an answer to a client that has hung up, if it has no limit anyhow.
  private static let grace = Duration.seconds(10)

  /// Takes over a connected socket that does not block, and its owner until it is closed.
  package init(_ descriptor: Int32, on loop: SocketLoop, owner: any ConnectionOwner) {
    self.descriptor = descriptor
    self.loop = loop
    self.owner = owner
    key = loop.add(self)
  }

  package var isOpen: Bool { descriptor >= 0 }

  /// How many bytes the other side has not taken yet.
  package var unsentCount: Int { unsent.count }

  /// Calls the owner's `reachedLimit()` when `time` has passed and the limit was not changed; nil: no more.
  package func setLimit(_ time: Duration?) {
    limit = time.map { loop.now + $0 }
    if limit != nil { loop.sweepLater() }
  }

  func checkLimit() {
    guard let limit else { return }
    if limit > loop.now { return loop.sweepLater() }
    self.limit = nil
    if isClosing { return close() }
    owner?.reachedLimit()
  }

  /// Sends `bytes` after what was given before. A failure shows when it is read from next.
  package func send(_ bytes: [UInt8]) {
    guard isOpen, !isClosing else { return }
    if !unsent.isEmpty { return unsent += bytes }
    unsent = write(bytes[...])
    if !unsent.isEmpty { loop.expect(reading: isReading, sending: true, descriptor, key: key) }
  }

  /// Whether what comes is read; otherwise it stays in the socket, and the other side has to wait.
  package func read(_ reads: Bool) {
    guard isOpen, !isClosing, isReading != reads else { return }
    isReading = reads
    loop.expect(reading: reads, sending: !unsent.isEmpty, descriptor, key: key)
  }

  /// Closes it when all that was given is sent, or when its limit has passed.
  package func closeWhenSent() {
    isClosing = true
    owner = nil
    if unsent.isEmpty { close() }
  }

  package func close() {
    guard isOpen else { return }
    loop.remove(key)
    Glibc.close(descriptor)
    descriptor = -1
    owner = nil
    unsent = []
  }

  /// What is left over.
  private func write(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        return rest
      } else if errno != EINTR {
        return []
      }
    }
    return []
  }

  /// - Parameter isGone: whether the other side neither sends nor reads any more, which is said also where nothing is read.
  func isReady(toSend: Bool, isGone: Bool = false) {
    if toSend {
      unsent = write(unsent)
      if unsent.isEmpty {
        if isClosing { return close() }
        loop.expect(reading: isReading, sending: false, descriptor, key: key)
        owner?.sentAll()
        guard isOpen else { return }
      }
    }
    // Nothing comes any more, and it is not ready to take something either: it is gone.
    if hasEnded { return toSend ? () : close() }
    guard isReading else {
      guard isGone, !toSend else { return }
      let owner = owner
      close()
      owner?.ended(0)
      return
    }
    let count = recv(descriptor, &loop.buffer, loop.buffer.count, 0)
    if count > 0 {
      owner?.received(loop.buffer[..<count])
    } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
      let (code, owner) = (count == 0 ? 0 : errno, owner)
      if code == 0, !unsent.isEmpty { sendTheRest() } else { close() }
      owner?.ended(code)
    }
  }

  /// A side that sends no more may still be listening.
  private func sendTheRest() {
    hasEnded = true
    isClosing = true
    owner = nil
    if limit == nil { setLimit(Self.grace) }
    loop.expect(reading: false, sending: true, descriptor, key: key)
  }
}
