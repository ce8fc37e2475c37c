// A mail server that says what a test wants, byte for byte: for what no real one can be made to say.
import Glibc
import Synchronization
import Threads

/// Greets everyone who connects with the same bytes, then waits for the other side to close, or answers whatever comes.
package final class Greeter {
  package let address: LoopbackAddress
  private let listener: Int32
  private let accepted = Accepted()

  /// How many have connected.
  package var connections: Int { accepted.count.withLock { $0 } }

  /// - Parameters:
  ///   - milliseconds: how long it waits before it greets.
  ///   - answer: what it says to each command.
  package init(greeting: [UInt8], after milliseconds: UInt32 = 0, answer: [UInt8] = []) throws(TestFailure) {
    let wanted = try LoopbackAddress.own()
    listener = try wanted.listen()
    address = wanted
    // Threads of its own: the shared ones of a busy test run come late, and a late greeting is what some tests look for.
    inBackground { [listener, accepted] in
      while true {
        let connection = accept(listener, nil, nil)
        if connection < 0 && errno != EINTR { return }
        accepted.count.withLock { $0 += 1 }
        inBackground {
          usleep(milliseconds * 1000)
          greet(connection, greeting, answer)
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }
}

private final class Accepted: Sendable {
  let count = Mutex(0)
}

private func greet(_ connection: Int32, _ greeting: [UInt8], _ answer: [UInt8]) {
  defer { close(connection) }
  _ = send(connection, greeting, greeting.count, Int32(MSG_NOSIGNAL))
  var chunk = [UInt8](repeating: 0, count: 1024)
  while recv(connection, &chunk, chunk.count, 0) > 0 {
    _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
  }
}
