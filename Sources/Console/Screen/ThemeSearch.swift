// Where themes are: the person's own first, then those that came with the program, installed or in the
// checkout that it was built from.

import Glibc
import PostfixFiles
import System

/// Finds themes by name or by path.
package struct ThemeSearch: Sendable {
  /// The folders that are looked into, in order.
  package var folders: [String]

  package init(folders: [String]) { self.folders = folders }

  /// The folders of this process.
  ///
  /// - Parameters:
  ///   - environment: looks up an environment variable.
  ///   - executable: the path of the program.
  package init(
    environment: (String) -> String? = environmentVariable,
    executable: String? = ThemeSearch.executable()
  ) {
    folders = personalFile("themes", environment).map { [$0] } ?? []
    guard let executable else { return }
    var folder = parent(executable)
    folders.append(parent(folder) + "/share/randmap/themes")
    while folder != "/", !folder.isEmpty {
      if isReadable(folder + "/Package.swift") {
        folders.append(folder + "/themes")
        break
      }
      folder = parent(folder)
    }
  }

  /// Reads the theme `name`: a path where it has a slash in it, otherwise a file in one of the folders.
  package func theme(named name: String) throws(ThemeError) -> Theme {
    if name.contains("/") { return try read(name) }
    for folder in folders where isReadable(folder + "/" + name) { return try read(folder + "/" + name) }
    if name == "default" { return .builtIn }
    let known = names()
    throw ThemeError(
      description: "there is no theme \"\(printable(name))\""
        + (known.isEmpty ? "" : "; there are \(known.joined(separator: ", "))")
        + "; looked in \(folders.map { printable($0) }.joined(separator: ", "))")
  }

  /// The names of all themes that can be found.
  package func names() -> [String] {
    var found: Set<String> = []
    for folder in folders {
      for name in directoryNames(folder) where !name.hasPrefix(".") { found.insert(printable(name)) }
    }
    return found.sorted()
  }

  /// The path of the program that runs.
  package static func executable() -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.baseAddress.map { readlink("/proc/self/exe", $0, bytes.count) } ?? -1
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}

/// The folder that `path` is in.
private func parent(_ path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "" }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

private func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

private func read(_ path: String) throws(ThemeError) -> Theme {
  let bytes: Bytes
  do throws(FileError) { bytes = try FileReader.readSettings(path) } catch {
    throw ThemeError(description: error.message)
  }
  return try Theme(MainCf(Document(path: path, bytes: bytes)))
}
