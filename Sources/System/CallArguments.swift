// The arguments of the call. Swift reads them from /proc, which a rescue system may not have mounted; without them a
// command for one directory would become the console on another. They are on the stack of the process as well.

import CLinux
import Glibc

package enum CallArguments {
  /// As they were given, the name of the program first; empty where they cannot be had.
  package static let bytes: [[UInt8]] = {
    var first: UnsafePointer<UnsafeMutablePointer<CChar>?>?
    let count = Int(randmap_arguments(&first))
    guard count > 0, let first else { return CommandLine.arguments.map { Array($0.utf8) } }
    return UnsafeBufferPointer(start: first, count: count).map { text in
      text.map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } ?? []
    }
  }()

  /// Those after the name of the program, as text.
  package static let texts: [String] = bytes.dropFirst().map { String(decoding: $0, as: UTF8.self) }
}
