// Whose configuration a directory is. A main.cf names the programs and the libraries that Postfix's commands run
// (daemon_directory, shlib_directory, meta_directory with its dynamicmaps.cf, import_environment), so to call one of them
// with `-c DIR` is to do what the author of DIR says, with the caller's rights. Measured: `postmap -q` loads a library that
// the directory brings, and root's `postqueue` starts a program that it brings.

import PostfixFiles
import System

extension PostfixCommands {
  /// The real path of `directory`, where this machine's Postfix uses it already: it is Postfix's own, Postfix's own main.cf
  /// lists it as another instance, or root runs a master(8) by it. Only then do Postfix's commands see that directory. Nil for any other directory.
  ///
  /// No other user may be able to make the name another directory: what was read from it, and what is asked about it, would
  /// then be of two.
  ///
  /// The first two are what Postfix itself asks of a directory before its set-group-ID commands read it.
  package func ownPath(of directory: String) -> String? {
    guard let real = FileReader.realPath(directory) else { return nil }
    // The rights of the directory itself are as its owner wants them.
    if let foreign = foreignPlace(onTheWayTo: "\(directory)/main.cf"), foreign.path != real { return nil }
    let isOwn =
      real == FileReader.realPath(ownDirectory)
      || listedDirectories.contains { FileReader.realPath($0) == real }
      || Self.parameters(of: real).flatMap { RunningMaster(ofQueue: $0.text("queue_directory")) }
        .map { $0.isRoots && $0.directory == real } ?? false
    return isOwn ? real : nil
  }

  /// The further instances that Postfix's own main.cf names, as they are written: Postfix expands no `$name` there either.
  private var listedDirectories: [String] {
    guard let bytes = try? FileReader.read("\(ownDirectory)/main.cf") else { return [] }
    let main = MainCf(Document(path: "\(ownDirectory)/main.cf", bytes: bytes))
    return ["alternate_config_directories", "multi_instance_directories"].flatMap {
      main[$0]?.value.listItems.map(\.text) ?? []
    }
  }

  /// What the main.cf of `directory` says; nil where it cannot be read.
  static func parameters(of directory: String) -> Parameters? {
    guard let bytes = try? FileReader.read("\(directory)/main.cf") else { return nil }
    let main = MainCf(Document(path: "\(directory)/main.cf", bytes: bytes))
    return Parameters(main: main, configDirectory: directory, environment: Environment())
  }
}
