// Which files a configuration names, and reading them.

import PostfixFiles

extension MailConfig {
  /// With the table sources and pool files that it names read, and the machine around it looked at. What was read before
  /// is kept as it is.
  ///
  /// - Parameter examiningMachine: whether what is around it is looked at too; otherwise nothing is known of that.
  package func readingFiles(examiningMachine: Bool = true) -> MailConfig {
    var config = self
    for site in sites {
      switch site.content {
      case .source(let path): config.read(path)
      case .value(let value): config.readPoolFile(value)
      case .service, .database:
        guard let spec = site.table?.spec else { break }
        config.readDatabase(of: spec)
        config.readSettings(of: spec)
      case .draw, .patterns: break
      }
    }
    for path in config.tablePaths { config.readPoolFiles(namedIn: path) }
    config.readOtherFiles()
    config.readUnnamedFiles()
    guard examiningMachine else {
      if config.surroundings != nil { config.surroundings = nil }
      return config
    }
    config.surroundings = Surroundings(around: config)
    if var surroundings = config.surroundings {
      surroundings.databases = config.databaseFiles()
      config.surroundings = surroundings
    }
    return config
  }

  private mutating func readPoolFiles(namedIn path: String) {
    guard let document = files[path]?.document else { return }
    let table = Table(document)
    for line in document.lines(containing: "randmap:") {
      if let entry = try? table.entry(line) { readPoolFile(entry.value) }
    }
  }

  private mutating func readPoolFile(_ value: SourcedText) {
    if let path = parameters.poolFile(of: value) { read(absolute(path)) }
  }

  /// Reads `directory` with the files that it names.
  ///
  /// - Returns: with the stamps that the files had before they were read, so that a change in between is seen as one:
  ///   of main.cf, master.cf and what `watching` adds of the files that they name: all of them, unless it says otherwise.
  package static func reading(
    _ directory: String, environment: Environment,
    watching named: (MailConfig) -> [String] = \.watchedPaths
  ) throws(FileError) -> (config: MailConfig, stamps: FileStamps) {
    var stamps = FileStamps(of: Self.mainPaths(in: directory))
    let read = try MailConfig(directory: directory, environment: environment)
    return (read.readingFiles(stamping: &stamps, watching: named), stamps)
  }

  /// Reads the files that this configuration names.
  ///
  /// - Parameter stamps: gets the stamps that the files had before they were read, so that a change in between is seen
  ///   as one.
  package func readingFiles(
    stamping stamps: inout FileStamps,
    watching named: (MailConfig) -> [String] = \.watchedPaths
  ) -> MailConfig {
    stamps.add(named(self))
    let config = readingFiles()
    stamps.add(named(config))
    return config
  }

  /// main.cf and master.cf.
  package var mainPaths: [String] { Self.mainPaths(in: directory) }

  private static func mainPaths(in directory: String) -> [String] {
    ["\(directory)/main.cf", "\(directory)/master.cf"]
  }
}
