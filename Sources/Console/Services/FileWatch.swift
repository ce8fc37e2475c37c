// Reads the files of the configuration, and reports when those on disk are no longer what was read.

import PostfixFiles
import Synchronization

/// Knows the stamps of all files as they were before they were read. Used on threads: each call may wait for a disk.
final class FileWatch: Sendable {
  private let directory: String
  private let environment: Environment
  /// Nil until the files were first read.
  private let stamps = Mutex<FileStamps?>(nil)
  /// The same of the tables of passwords and of TLS policies.
  private let logins = Mutex<FileStamps?>(nil)

  init(_ config: MailConfig) {
    directory = config.directory
    environment = config.environment
  }

  /// Reads what `config` names.
  func readNamedFiles(of config: MailConfig) -> MailConfig {
    var stamps = FileStamps(of: config.mainPaths)
    let read = config.readingFiles(stamping: &stamps)
    self.stamps.withLock { [stamps] in $0 = stamps }
    logins.withLock { $0 = FileStamps(of: read.loginPaths) }
    read.knowRealPaths()
    return read
  }

  /// Reads everything again.
  func readAgain() throws(FileError) -> MailConfig {
    let (config, stamps) = try MailConfig.reading(directory, environment: environment)
    self.stamps.withLock { $0 = stamps }
    logins.withLock { $0 = FileStamps(of: config.loginPaths) }
    config.knowRealPaths()
    return config
  }

  /// The news about the files; nil if they are unchanged.
  func look() -> Message? {
    guard let known = stamps.withLock({ $0 }) else { return nil }
    guard known.areOutdated else { return lookAtLogins() }
    do throws(FileError) { return .filesChanged(try readAgain()) } catch {
      stamps.withLock { $0 = known.renewed }
      return .filesUnreadable(error.message)
    }
  }

  private func lookAtLogins() -> Message? {
    guard let known = logins.withLock({ $0 }), known.areOutdated else { return nil }
    logins.withLock { $0 = known.renewed }
    return .loginsChanged
  }
}
