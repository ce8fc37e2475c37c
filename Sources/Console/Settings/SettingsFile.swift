// The file of a person's settings: read with the place of each value, and changed line by line, so that comments and
// what is not touched stay as they are.

import Changes
import Glibc
import PostfixFiles
import System

package struct SettingsFile: Sendable {
  package let path: String
  package private(set) var settings = Settings()
  /// The line that each name is in force from.
  package private(set) var lines: [String: Int] = [:]
  package private(set) var isThere = true
  private var file: MainCf

  /// A file that a person has not made yet is empty; nil is no place for one.
  ///
  /// - Throws: what is wrong, with the file and the line.
  package init(_ path: String) throws(SettingError) {
    self.path = path
    do throws(FileError) {
      file = MainCf(Document(path: path, bytes: try FileReader.readSettings(path)))
    } catch {
      guard error.isMissing else { throw SettingError(description: error.message) }
      isThere = false
      file = MainCf(Document(path: path, bytes: []))
    }
    if let (line, _) = file.problems.first {
      throw SettingError(description: "\(printable(path)):\(line.number): need \"name = value\"")
    }
    for assignment in file.assignments {
      do throws(SettingError) { try settings.set(assignment.name, to: assignment.value.text) } catch {
        throw SettingError(description: "\(printable(path)):\(assignment.line.number): \(error.description)")
      }
      lines[Settings.listedName(assignment.name)] = assignment.line.number
    }
  }

  /// Where a person has settings; nil where there is no home.
  package static func path() -> String? { personalFile("config") }

  /// Gives a setting a value, nil its default again, and writes that.
  package mutating func set(
    _ name: String, to value: String?, with fileSystem: any FileSystem = RealFileSystem()
  ) throws(SettingError) {
    var settings = settings
    try settings.set(name, to: value ?? Settings().written(name))
    // A theme that cannot be read would stop the next start.
    if let value, name == Setting.theme.rawValue {
      do throws(ThemeError) { _ = try ThemeSearch().theme(named: value) } catch {
        throw SettingError(description: "theme: \(error.description)")
      }
    }
    var document = file.document
    let listed = Settings.listedName(name)
    let old = file.assignments.filter { Settings.listedName($0.name) == listed }.map(\.line)
    let text = value.map { Bytes("\(name) = \($0)\n".utf8) } ?? []
    // With the newline at its end.
    var splices = old.map {
      Splice(range: $0.range.lowerBound..<min(document.count, $0.range.upperBound + 1), bytes: [] as Bytes)
    }
    if let last = splices.indices.last {
      splices[last] = Splice(range: splices[last].range, bytes: text)
    } else {
      let end = document.count
      let isOpen = end > 0 && document.bytes.last != UInt8(ascii: "\n")
      splices = [Splice(range: end..<end, bytes: (isOpen ? [UInt8(ascii: "\n")] : []) + text)]
    }
    document = document.applying(splices)
    do throws(WriteError) { try fileSystem.keepPersonal(document.bytes, at: path) } catch {
      throw SettingError(description: "the setting is not kept: \(error.description)")
    }
    self = try SettingsFile(path)
  }
}

extension Settings {
  /// The value of a name as it would be written.
  fileprivate func written(_ name: String) -> String {
    Setting(rawValue: name).map { self[$0] } ?? Settings.noCommand
  }
}
