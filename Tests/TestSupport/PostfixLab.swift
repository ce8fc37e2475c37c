// A real Postfix of the test's own: its own directories, loopback only, ended by its own process ids.
import Glibc

/// A running Postfix instance that a test has to itself.
///
/// Its configuration, queue and data are in a ``TemporaryDirectory``; it listens on a loopback address of its
/// own, above port 1024; it asks no DNS and chroots nothing. It is stopped when the last reference to it goes.
package final class PostfixLab {
  /// An end for an instance whose test run was killed before it could stop it.
  private static let secondsToLive = 900

  package let directory: TemporaryDirectory
  /// Where it takes mail.
  package let address: LoopbackAddress
  private let daemonDirectory: String
  /// What it calls itself: `3.7.11`. Of several installations it is the one whose postconf(1) comes first in PATH.
  package let release: String
  private var master: ChildProcess?
  private let logging: Logging
  private let nameServer: (any Resolving)?
  private var receiver: LogReceiver?

  /// Who writes the log.
  package enum Logging: Sendable {
    case postlogd
    /// The test's own process: for an instance that is reloaded while its main.cf changes (see `LogReceiver`).
    case ownProcess
  }

  /// What a lab will be of; empty where no Postfix is installed.
  package static let installedRelease =
    // The condition of a test asks too, before the test may wait.
    WaitingPermission.$isGiven.withValue(true) {
      ((try? runSuccessfully(postfixTool("postconf"), ["-dh", "mail_version"])) ?? "").filter { $0 != "\n" }
    }

  package var configDirectory: String { directory.file("etc") }
  package var queueDirectory: String { directory.file("queue") }
  package var logFile: String { directory.file("log/maillog") }

  /// Sets an instance up and starts it.
  ///
  /// - Parameters:
  ///   - main: Text for main.cf; a parameter in it takes the place of the lab's own.
  ///   - master: Further lines for master.cf.
  ///   - files: Further files of the configuration directory: name and contents.
  ///   - nameServer: Whom it asks, if it is to ask the DNS.
  package init(
    main: String = "", master: String = "", files: [String: String] = [:], logging: Logging = .postlogd,
    nameServer: (any Resolving)? = nil
  ) throws(TestFailure) {
    let postconf = try postfixTool("postconf")
    guard geteuid() == 0 else {
      throw TestFailure(
        "Postfix starts for root only: run the tests with 'make test', which calls sudo, or as root")
    }
    directory = try TemporaryDirectory()
    address = try LoopbackAddress.own()
    let answers = try runSuccessfully(postconf, ["-dh", "daemon_directory", "mail_version"])
      .split(separator: "\n").map(String.init)
    guard answers.count == 2 else { throw TestFailure("postconf: \(answers)") }
    (daemonDirectory, release) = (answers[0], answers[1])
    self.logging = logging
    self.nameServer = nameServer
    try directory.makeDirectory("etc")
    for (name, text) in files { try directory.write("etc/" + name, text) }
    try configure(main: main, master: master)
    // Each daemon that starts within two seconds of a change of main.cf waits until it has rested.
    try age(configDirectory + "/main.cf", seconds: 10)
    try makeQueue(owner: "postfix")
    if logging == .ownProcess {
      receiver = try LogReceiver(at: queueDirectory + "/public/postlog", logFile: logFile)
    }
    try start()
  }

  deinit {
    try? stop()
  }

  /// Writes main.cf and master.cf anew; ``reload()`` makes a running instance read them.
  package func configure(main: String = "", master: String = "") throws(TestFailure) {
    let given = Set(main.split(separator: "\n").map { $0.prefix { $0 != "=" && $0 != " " } })
    let own = ownParameters.filter { !given.contains($0.name[...]) }.map { "\($0.name) = \($0.value)\n" }
    try directory.write("etc/main.cf", own.joined() + main + "\n")
    let logService = logging == .postlogd ? Self.logService : ""
    try directory.write("etc/master.cf", masterServices + logService + master + "\n")
  }

  /// Names postlogd(8) in master.cf, which `postfix check` insists on; a running instance does not see it.
  package func nameLogService() throws(TestFailure) {
    try directory.write("etc/master.cf", readText(configDirectory + "/master.cf") + Self.logService)
  }

  /// Starts it, and waits until all of its services listen.
  package func start() throws(TestFailure) {
    let startsBefore = starts
    // Without -w, master(8) stays the process that was started here, as the leader of a session of its own.
    let command = [daemonDirectory + "/master", "-c", configDirectory, "-e", String(Self.secondsToLive)]
    // In a mount namespace of its own it sees another resolv.conf(5); it is the same process throughout.
    let inNamespace = nameServer.map {
      let script = "mount --bind '\($0.resolverConfiguration)' /etc/resolv.conf && exec \"$0\" \"$@\""
      return ["unshare", "--mount", "bash", "-c", script]
    }
    let all = (inNamespace ?? []) + command
    let process = try ChildProcess(all[0], Array(all.dropFirst()))
    master = process
    try waitUntil("Postfix to start", seen: "\(process.standardError)\n\(log)") {
      () throws(TestFailure) in
      if let status = process.status {
        throw TestFailure("master ended: \(status) \(process.standardError)\n\(log)")
      }
      return starts > startsBefore
    }
  }

  /// The process id of master(8), which is also that of its session, while it runs.
  package var masterPid: pid_t? { master?.pid }

  /// Stops it, and waits until none of its processes is left.
  package func stop() throws(TestFailure) {
    guard let master else { return }
    self.master = nil
    master.signal(SIGTERM)
    do {
      try master.wait()
      try waitUntil("the end of all processes of Postfix") {
        processes(inSession: master.pid).isEmpty
      }
    } catch {
      for pid in processes(inSession: master.pid) { kill(pid, SIGKILL) }
      throw error
    }
  }

  /// Makes it read its configuration again. Its daemons do so one after the other, within about two seconds.
  package func reload() {
    master?.signal(SIGHUP)
  }

  /// Everything it has logged.
  package var log: String { (try? readText(logFile)) ?? "" }

  /// How often master(8) has logged that it is ready, which it does when every service listens.
  private var starts: Int { log.split(separator: "\n").filter { $0.contains(" daemon started -- ") }.count }

  private var ownParameters: [(name: String, value: String)] {
    [
      // Before 3.6 it is a whole number.
      ("compatibility_level", release.hasPrefix("3.4") || release.hasPrefix("3.5") ? "2" : "3.6"),
      ("config_directory", configDirectory), ("queue_directory", queueDirectory),
      ("data_directory", directory.file("data")),
      ("maillog_file", logFile), ("maillog_file_prefixes", directory.path),
      ("myhostname", "lab.randmap.test"), ("mydestination", "$myhostname"),
      ("mynetworks", "127.0.0.0/8"), ("inet_interfaces", "127.0.0.1"), ("inet_protocols", "ipv4"),
      ("smtp_host_lookup", nameServer == nil ? "native" : "dns"),
      ("smtp_dns_support_level", nameServer == nil ? "disabled" : "enabled"), ("smtpd_peername_lookup", "no"),
      ("smtpd_recipient_restrictions", "permit_mynetworks, reject"),
      ("alias_maps", ""), ("alias_database", ""), ("local_recipient_maps", ""),
      ("default_process_limit", "10"),
    ]
  }

  private var masterServices: String {
    "\(address.host):\(address.port) inet n - n - - smtpd\n" + Self.services
  }

  /// The services of Postfix's own master.cf that mail needs, none of them in a chroot(2); without those that listen and
  /// those that log.
  static let services = """
    pickup   unix  n - n 60  1 pickup
    cleanup  unix  n - n -   0 cleanup
    qmgr     unix  n - n 300 1 qmgr
    rewrite  unix  - - n -   - trivial-rewrite
    bounce   unix  - - n -   0 bounce
    defer    unix  - - n -   0 bounce
    trace    unix  - - n -   0 bounce
    verify   unix  - - n -   1 verify
    flush    unix  n - n 1000? 0 flush
    proxymap unix  - - n -   - proxymap
    smtp     unix  - - n -   - smtp
    relay    unix  - - n -   - smtp
    lmtp     unix  - - n -   - lmtp
    showq    unix  n - n -   - showq
    error    unix  - - n -   - error
    retry    unix  - - n -   - error
    discard  unix  - - n -   - discard
    local    unix  - n n -   - local
    virtual  unix  - n n -   - virtual
    anvil    unix  - - n -   1 anvil
    scache   unix  - - n -   1 scache

    """

  static let logService = "postlog  unix-dgram n - n - 1 postlogd\n"

  /// The directories that `postfix start` would make, without its check of the whole installation.
  private func makeQueue(owner: String) throws(TestFailure) {
    try runSuccessfully("install", ["-d", queueDirectory, queueDirectory + "/pid"])
    let ownersOnly = [
      "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved",
      "trace",
    ]
    try runSuccessfully(
      "install",
      ["-d", "-o", owner, "-m", "700"] + ownersOnly.map { queueDirectory + "/" + $0 }
        + [directory.file("data"), directory.file("log")])
    try runSuccessfully(
      "install",
      ["-d", "-o", owner, "-g", "postdrop", "-m", "730"]
        + ["maildrop", "public"].map { queueDirectory + "/" + $0 })
    guard chmod(directory.path, 0o755) == 0 else { throw .system("chmod \(directory.path)") }
  }
}

/// The processes of a session that have not ended, from /proc.
package func processes(inSession session: pid_t) -> [pid_t] { processes { $0[4] == String(session) } }

/// The processes that one has started itself, and that have not ended.
package func children(of parent: pid_t) -> [pid_t] { processes { $0[2] == String(parent) } }

/// - Parameter isMeant: of `) state ppid pgrp session`.
private func processes(where isMeant: ([Substring]) -> Bool) -> [pid_t] {
  ((try? namesIn("/proc")) ?? []).compactMap { pid_t($0) }.filter { pid in
    // "pid (command) state ppid pgrp session ...": the command may hold anything, so look behind its ")".
    guard let text = try? readText("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
      return false
    }
    let fields = text[end...].split(separator: " ")
    return fields.count > 4 && fields[1] != "Z" && isMeant(fields)
  }
}
