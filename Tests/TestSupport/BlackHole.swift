// A gateway that does not answer.
import Glibc
import System

/// A gateway that swallows packets: a socket whose queue of connections is full answers no more.
package final class BlackHole {
  package let address: LoopbackAddress
  private let file: Int32
  private var held: [Int32] = []

  package init() throws(TestFailure) {
    address = try LoopbackAddress.own()
    file = socket(AF_INET, SocketKind.stream, 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = in_port_t(truncatingIfNeeded: address.port).bigEndian
    inet_pton(AF_INET, address.host, &name.sin_addr)
    func with(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
      withUnsafePointer(to: &name) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
    guard with({ bind(file, $0, $1) }) == 0, listen(file, 0) == 0 else {
      throw TestFailure("listen on \(address): \(String(cString: strerror(errno)))")
    }
    for _ in 0..<4 {
      let kind =
        SocketKind.nonblockingStream
      let one = socket(AF_INET, kind, 0)
      _ = with { connect(one, $0, $1) }
      held.append(one)
    }
  }

  deinit {
    for one in held { close(one) }
    close(file)
  }
}
