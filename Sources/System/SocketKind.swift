// The kinds of sockets, as socket(2), socketpair(2) and getaddrinfo(3) take them.
//
// Only this file names the constants: CLinux and Glibc both declare them, and a file that imports one alone finds them or
// not, by the order in which the compiler loads the two.

import CLinux
import Glibc

package enum SocketKind {
  /// A stream, inherited by the programs that are started.
  package static let inheritedStream = Int32(SOCK_STREAM.rawValue)
  /// A stream, closed in the programs that are started.
  package static let stream = inheritedStream | Int32(SOCK_CLOEXEC.rawValue)
  /// A stream that never blocks, closed in the programs that are started.
  package static let nonblockingStream = stream | Int32(SOCK_NONBLOCK.rawValue)
  /// Datagrams, closed in the programs that are started.
  package static let datagram = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
}
