// Where the files of a configuration are that is no machine's own: a repository, a copy, the image of a container. What it
// names below /etc/postfix then lies beside its main.cf, or where the call says.

#if canImport(Glibc)
  import Glibc
#endif

/// Paths of the configuration, and the directories in which they are to be found.
package struct PathMap: Hashable, Sendable {
  /// The longest prefix comes first.
  private var directories: [(prefix: String, directory: String)] = []

  package init() {}

  /// Adds `prefix`, an absolute path, and the directory that takes its place.
  package mutating func add(_ prefix: String, in directory: String) {
    func bare(_ path: String) -> String {
      var path = path
      while path.count > 1, path.hasSuffix("/") { path.removeLast() }
      return path
    }
    directories.append((bare(prefix), bare(directory)))
    directories.sort { $0.prefix.utf8.count > $1.prefix.utf8.count }
  }

  package var isEmpty: Bool { directories.isEmpty }

  /// Whether a path is in one of the directories.
  package func leads(to path: String) -> Bool {
    directories.contains { path == $0.directory || path.hasPrefix("\($0.directory)/") }
  }

  /// Where the file at `path` is to be found.
  package func located(_ path: String) -> String {
    for (prefix, directory) in directories {
      if path == prefix { return directory }
      let start = prefix == "/" ? "/" : prefix + "/"
      if path.hasPrefix(start) { return "\(directory)/\(path.dropFirst(start.count))" }
    }
    return path
  }

  package static func == (left: PathMap, right: PathMap) -> Bool {
    left.directories.elementsEqual(right.directories) { $0 == $1 }
  }

  package func hash(into hasher: inout Hasher) {
    for (prefix, directory) in directories {
      hasher.combine(prefix)
      hasher.combine(directory)
    }
  }
}

extension MailConfig {
  /// Whether a file belongs to the configuration: those of another machine are not here.
  package func belongsHere(_ path: String) -> Bool {
    surroundings != nil || !isCopy || path.hasPrefix("\(directory)/") || pathMap.leads(to: path)
  }

  /// Why a file is not read: it is where each machine has its own, and the configuration is not this machine's.
  package func elsewhere(_ path: String) -> FileError? {
    guard isCopy, !belongsHere(path),
      ["/etc/", "/var/", "/usr/", "/srv/", "/opt/", "/run/", "/home/", "/root/", "/mnt/"].contains(
        where: path.hasPrefix)
    else { return nil }
    return FileError(
      path: path,
      reason: "is not read: it is a file of this machine, and the configuration is not; need --map",
      .elsewhere)
  }

  /// Where Postfix's own directory is.
  package static let standardDirectory = "/etc/postfix"

  /// Whether a Postfix on this machine uses a configuration directory.
  package static func isInUse(_ directory: String) -> Bool {
    guard let queue = queueDirectory(of: directory) else { return false }
    return Surroundings.isInUse(directory, queueDirectory: queue)
  }

  /// The configuration directory that a queue directory belongs to where that is not `directory`: a copy of /etc/postfix names
  /// the queue of /etc/postfix, its agent and its mail.
  package static func otherOwner(ofQueue queue: String, than directory: String) -> String? {
    let real = FileReader.realPath(directory) ?? directory
    if let running = RunningMaster(ofQueue: queue)?.directory { return running == real ? nil : running }
    // None runs, or it does not say with which directory it was started.
    guard let standard = FileReader.realPath(standardDirectory), standard != real,
      let own = queueDirectory(of: standard), FileReader.realPath(own) == FileReader.realPath(queue)
    else { return nil }
    return standard
  }

  /// The configuration directory whose data_directory a file is in, where that is another one: what a copy of /etc/postfix
  /// keeps there is what /etc/postfix goes by. Two instances of Postfix never share a data_directory.
  package func otherOwner(ofData path: String) -> String? {
    Self.otherOwner(
      ofData: path, than: directory, among: [queueOwner, Self.standardDirectory].compactMap(\.self))
  }

  static func otherOwner(ofData path: String, than directory: String, among owners: [String]) -> String? {
    let real = FileReader.realPath(directory) ?? directory
    guard let place = FileReader.realPath(FileReader.directory(of: path)) else { return nil }
    return owners.first { owner in
      guard let standing = FileReader.realPath(owner), standing != real,
        let data = value("data_directory", in: standing)
      else { return false }
      return FileReader.realPath(data) == place
    }
  }

  private static func queueDirectory(of directory: String) -> String? {
    value("queue_directory", in: directory)
  }

  /// Nil where its main.cf cannot be read.
  private static func value(_ parameter: String, in directory: String) -> String? {
    guard let bytes = try? FileReader.read("\(directory)/main.cf") else { return nil }
    let main = MainCf(Document(path: "\(directory)/main.cf", bytes: bytes))
    let parameters = Parameters(main: main, configDirectory: directory, environment: Environment())
    return parameters.text(parameter)
  }

  /// Whether what it names below /etc/postfix is read from its own directory, though the call does not say so.
  package var readsBesideMain: Bool {
    environment.pathMap.isEmpty && directory != Self.standardDirectory
      && pathMap.located("\(Self.standardDirectory)/x") == "\(directory)/x"
  }

  /// Whether a directory is no machine's own.
  static func isCopy(_ directory: String, isInUse: Bool) -> Bool {
    let real = FileReader.realPath(directory) ?? directory
    // Another instance of this machine has a directory of its own beside /etc/postfix, and may share its files.
    return !isInUse && !real.hasPrefix(standardDirectory)
  }

  /// Where the files that it names are to be found: as the call says, and otherwise, for a directory that is no
  /// machine's own, beside its main.cf.
  static func pathMap(for directory: String, isInUse: Bool, _ environment: Environment) -> PathMap {
    guard environment.pathMap.isEmpty else { return environment.pathMap }
    guard isCopy(directory, isInUse: isInUse) else { return PathMap() }
    var map = PathMap()
    map.add(standardDirectory, in: directory)
    return map
  }
}
