// The sample configuration of `--demo`: a Postfix configuration directory in which every notation of a
// pool names one of the toy gateways.

import FoundationEssentials
import Glibc
import System

/// A sample configuration in a temporary directory of its own.
package struct DemoConfiguration: Sendable {
  /// The directory that holds main.cf.
  package let directory: String

  /// The directory could not be made, or a file in it could not be written.
  package struct DemoError: Error, CustomStringConvertible {
    package let description: String
  }

  /// Writes the files that name `gateways`. The directory is only for its owner.
  package init(naming gateways: DemoGateways) throws(DemoError) {
    let parent = temporaryPlace()
    var template = Array("\(parent)/randmap-demo.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw DemoError(description: "\(parent): cannot make a directory: \(Errno.last)")
    }
    directory = String(
      decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for (name, text) in DemoFiles(gateways).all {
      do {
        try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
      } catch {
        remove()
        throw DemoError(description: "\(directory)/\(name): \(error)")
      }
    }
  }

  /// Removes the directory and everything in it.
  package func remove() {
    try? FileManager.default.removeItem(atPath: directory)
  }
}
