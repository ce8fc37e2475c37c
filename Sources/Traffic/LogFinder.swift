// Finding the mail log of a configuration: what main.cf says, then the usual places of syslog daemons, then the journal.

import Glibc
import PostfixFiles
import System

package enum LogFinder {
  /// Where syslog daemons put mail, in the order in which we look: Debian, Red Hat, SUSE.
  private static let usualPlaces = ["/var/log/mail.log", "/var/log/maillog", "/var/log/mail"]

  /// What the log of a configuration is.
  package enum Found: Hashable, Sendable {
    /// This file, and the ones before it that are named like it.
    case file(String)
    case journal

    /// The directories that inotify(7) tells of when the log grows. journald sets the size of its file anew after each
    /// entry, so that this is seen too.
    package var directories: [String] {
      switch self {
      case .file(let path): [FileReader.directory(of: path)]
      case .journal:
        LogFinder.journals.flatMap { place in
          // One for each machine id.
          directoryNames(place).map { "\(place)/\($0)" }
        }
      }
    }
  }

  /// When the first line of a log was written, rotated files included; nil where no line says.
  package static func beginning(of log: Found) -> Int? {
    switch log {
    case .file(let path):
      (rotated(path).map(\.path) + [path]).lazy.compactMap { LogInput.file($0).beginning }.first
    case .journal: LogInput.journal(since: nil, cursor: nil).beginning
    }
  }

  package static func find(_ config: MailConfig) throws(LogError) -> Found {
    let named = config.parameters.text("maillog_file")
    if !named.isEmpty, !named.hasPrefix("/dev/") {
      let path = config.absolute(named)
      // Whoever wrote main.cf chose it: what is no log is neither waited for nor read.
      if let problem = problem(with: path, isNamed: true), !problem.isMissing { throw problem }
      return .file(path)
    }
    var problems: [LogError] = []
    for path in usualPlaces {
      guard let problem = problem(with: path) else { return .file(path) }
      if !problem.isMissing { problems.append(problem) }
    }
    if hasJournal {
      guard let problem = problemWithJournal else { return .journal }
      problems.append(problem)
    }
    if let problem = problems.first { throw problem }
    throw LogError(
      path: usualPlaces[0],
      reason:
        "no mail log is there, nor in \(usualPlaces.dropFirst().joined(separator: ", ")), and no journal;"
        + " need maillog_file in main.cf, or `randmap report FILE`", isMissing: true)
  }

  /// Why a file cannot be read; nil where it can. At one of the usual places something else is no log, and that is all.
  static func problem(with path: String, isNamed: Bool = false) -> LogError? {
    if KernelFiles.have(path) {
      return LogError(
        path: path, reason: "is a file of the kernel's; need a log on a disk", isMissing: !isNamed)
    }
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard file >= 0 else { return LogError(path: path, errno: errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return LogError(path: path, reason: "is not a regular file; need a log", isMissing: !isNamed)
    }
    return nil
  }

  /// Where journald keeps what it was told.
  private static let journals = ["/var/log/journal", "/run/log/journal"]

  /// Why the journal of the system cannot be read; nil where it can. journalctl(1) would say that it has nothing, or show
  /// the caller's own lines alone.
  private static var problemWithJournal: LogError? {
    for directory in Found.journal.directories {
      let path = "\(directory)/system.journal"
      let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
      if file >= 0 {
        close(file)
      } else if errno == EACCES || errno == EPERM {
        return LogError(path: path, errno: errno)
      }
    }
    return nil
  }

  private static var hasJournal: Bool {
    func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }
    // The directory outlives journald, and a package may bring it without anything in it.
    func isUsed(_ path: String) -> Bool {
      guard isThere(path) else { return false }
      return access(path, R_OK) != 0
        || !directoryNames(path).allSatisfy { directoryNames("\(path)/\($0)").isEmpty }
    }
    return journals.contains(where: isUsed) && (isThere("/usr/bin/journalctl") || isThere("/bin/journalctl"))
  }

  /// A log and the rotated ones beside it that were last changed at `since` or later, the oldest first. What is there packed
  /// and not packed is there once.
  package static func withRotated(_ path: String, since: Int) -> [String] {
    let all = rotated(path).filter { $0.changed >= since }.map(\.path)
    return LogCopies.distinct(all + (access(path, F_OK) == 0 ? [path] : []), preferring: path).distinct
  }

  /// The rotated files of a log, the oldest first: `mail.log.1`, `mail.log.2.gz`, `mail.log-20261127`,
  /// `maillog.20261128-180000`.
  static func rotated(_ path: String) -> [(path: String, changed: Int)] {
    let directory = FileReader.directory(of: path)
    let base = FileReader.name(of: path)
    var found: [(path: String, changed: Int, nanoseconds: Int)] = []
    for name in directoryNames(directory) {
      guard name.hasPrefix(base), isRotation(name.dropFirst(base.count)) else { continue }
      var status = stat()
      let path = directory == "." && !path.hasPrefix("./") ? name : "\(directory)/\(name)"
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, !KernelFiles.have(path) else {
        continue
      }
      found.append((path, Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec)))
    }
    return found.sorted { left, right in
      if (left.changed, left.nanoseconds) != (right.changed, right.nanoseconds) {
        return (left.changed, left.nanoseconds) < (right.changed, right.nanoseconds)
      }
      // Numbers grow with age, dates do not.
      let (one, other) = (age(left.path.dropFirst(path.count)), age(right.path.dropFirst(path.count)))
      return one == other ? left.path < right.path : one > other
    }.map { ($0.path, $0.changed) }
  }

  /// The number in `.2.gz`; 0 for a date.
  private static func age(_ suffix: Substring) -> Int {
    let digits = suffix.dropFirst().prefix { $0.isASCII && $0.isNumber }
    return digits.count < 5 ? Int(digits) ?? 0 : 0
  }

  /// Whether a name goes on as that of a rotated file does.
  private static func isRotation(_ suffix: Substring) -> Bool {
    guard let first = suffix.first, first == "." || first == "-" else { return false }
    var rest = suffix.dropFirst()
    for packed in [".gz", ".xz", ".zst", ".bz2"] where rest.hasSuffix(packed) {
      rest = rest.dropLast(packed.count)
    }
    return !rest.isEmpty && rest.allSatisfy { $0.isASCII && ($0.isNumber || $0 == "-" || $0 == ".") }
  }
}
