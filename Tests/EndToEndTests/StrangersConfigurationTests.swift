// A configuration directory from elsewhere, whose author wants a library loaded or a program started with the caller's
// rights. Postfix's own commands would do it (`postmap -c`, `postqueue -c`, `postfix -c`), so they never see it.

import Glibc
import PostfixFiles
import PostfixTools
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct StrangersConfigurationTests {
  /// A directory in which everything that a main.cf can name is the author's own.
  private struct Trap {
    let directory: TemporaryDirectory
    let mark: String

    init() throws {
      directory = try TemporaryDirectory()
      mark = directory.file("mark")
      let source = try directory.write(
        "trap.c",
        """
        #include <fcntl.h>
        __attribute__((constructor)) static void spring(void) { creat("\(mark)", 0600); }
        void *dict_trap_open(void) { return 0; }
        void *mkmap_trap_open(void) { return 0; }

        """)
      try directory.makeDirectory("etc")
      try directory.makeDirectory("etc/queue")
      try directory.makeDirectory("etc/queue/pid")
      let etc = directory.file("etc")
      try runSuccessfully("clang", ["-shared", "-fPIC", "-o", etc + "/trap.so", source])
      // The name that a forged pid file gives to the process is a living one.
      try directory.write("etc/queue/pid/master.pid", "\(getpid())\n")
      let types = ["trap", "lmdb", "hash", "pcre", "cdb"]
      try directory.write(
        "etc/dynamicmaps.cf", types.map { "\($0) \(etc)/trap.so dict_trap_open mkmap_trap_open\n" }.joined())
      for name in ["showq", "postfix-script", "master"] {
        try writeFile("\(etc)/\(name)", "#!/bin/sh\ntouch '\(mark)'\n", mode: 0o755)
      }
      try directory.write("etc/transport", "example.com smtp:[127.0.0.1]\n")
      try directory.write("etc/transport.lmdb", "no index")
      try age(etc + "/transport.lmdb", seconds: 3600)
      try configure(
        "transport_maps = trap:x lmdb:$config_directory/transport pcre:$config_directory/transport\n")
    }

    var etc: String { directory.file("etc") }

    func configure(_ routes: String) throws {
      try directory.write(
        "etc/main.cf",
        """
        meta_directory = \(etc)
        shlib_directory = \(etc)
        daemon_directory = \(etc)
        command_directory = \(etc)
        data_directory = \(etc)/queue
        queue_directory = \(etc)/queue
        import_environment = LD_PRELOAD=\(etc)/trap.so OPENSSL_CONF=\(etc)/openssl.cnf
        alternate_config_directories = \(etc)
        relayhost = [127.0.0.1]:1
        \(routes)
        """)
      try age(etc + "/main.cf", seconds: 3600)
    }
  }

  /// The users and places that a stranger's main.cf names are none that root takes on or writes in.
  @Test(.enabled(if: geteuid() == 0)) func rootBelievesNoMailOwnerOfAnother() throws {
    let trap = try Trap()
    chmod(trap.directory.path, 0o755)
    try trap.directory.makeDirectory("etc/queue/private")
    try trap.directory.write(
      "etc/main.cf",
      "mail_owner = daemon\nqueue_directory = \(trap.etc)/queue\ndata_directory = \(trap.etc)/queue\nrelayhost = [127.0.0.1]:1\n"
    )
    try trap.directory.write("etc/master.cf", "smtp unix - - n - - smtp\n")
    let owner = try #require(getpwnam("daemon")).pointee
    for path in [trap.etc, trap.etc + "/queue", trap.etc + "/queue/private"] {
      try #require(chown(path, owner.pw_uid, owner.pw_gid) == 0)
    }
    func expectRefusal(_ arguments: [String], _ words: String, _ place: String) throws {
      let refused = try runRandmap(arguments + ["-c", trap.etc], limit: .seconds(20))
      #expect(refused.status == .exited(1), "\(refused.summary)")
      #expect(
        refused.standardError.contains(words)
          && refused.standardError.contains("\(place): it belongs to another user"), "\(refused.summary)")
    }
    let names = try namesIn(trap.etc)
    let pool = [
      "pool", "outbound", "[127.0.0.2]", "[127.0.0.3]", "--notation", "database", "--write", "--force",
    ]
    let words = "root does not go by the mail_owner"
    try expectRefusal(["agent"], words, trap.etc)
    try expectRefusal(pool, "root does not write below \(trap.etc)", "")
    // The directory is root's, and the file in it is not.
    try #require(chown(trap.etc, 0, 0) == 0 && chown(trap.etc + "/main.cf", owner.pw_uid, 0) == 0)
    try expectRefusal(["agent"], words, trap.etc + "/main.cf")
    try expectRefusal(pool, words, trap.etc + "/main.cf")
    #expect(
      try namesIn(trap.etc + "/queue/private") == [] && namesIn(trap.etc + "/queue") == ["pid", "private"])
    #expect(try namesIn(trap.etc) == names)
  }

  @Test func theTrapWorksWherePostfixItselfIsCalled() throws {
    let trap = try Trap()
    try run(postfixTool("postmap"), ["-c", trap.etc, "-q", "k", "trap:x"])
    #expect(access(trap.mark, F_OK) == 0)
  }

  @Test(arguments: [
    ["route", "u@example.com"], ["pools"], ["--check"], ["--check", "--probe"], ["--status"],
    ["--status", "--format", "nagios"],
    ["set-route", "example.com", "smtp:[127.0.0.2]", "--table", "transport"],
    [
      "set-route", "example.com", "smtp:[127.0.0.2]", "--table", "transport", "--write", "--reload",
      "--force",
    ],
    ["set-route", "relayhost", "[127.0.0.2]:1", "--write", "--reload", "--force"],
    ["convert", "--to", "agent", "--write", "--force"], ["undo"], ["recover"], ["log"],
  ])
  func nothingOfItIsRun(command: [String]) throws {
    let trap = try Trap()
    let command = command.map { $0 == "transport" ? trap.etc + "/transport" : $0 }
    let finished = try runRandmap(command + ["-c", trap.etc])
    #expect(access(trap.mark, F_OK) != 0, "\(finished.summary)")
    if command.contains("--reload") {
      #expect(finished.standardError.contains("no Postfix of this machine uses it"), "\(finished.summary)")
      // An index was there, so one was built: by Postfix's own library.
      let text = try readText(trap.etc + "/main.cf") + readText(trap.etc + "/transport")
      #expect(text.contains("127.0.0.2"), "\(finished.summary)")
      #expect(try command[1] == "relayhost" || readFile(trap.etc + "/transport.lmdb").count > 4096)
    }
  }

  /// An sqlite table's query may write files, and any server's table connects where its author says.
  @Test(arguments: [
    "sqlite:/x.cf", "pgsql:/x.cf", "tcp:127.0.0.1:1", "socketmap:inet:127.0.0.1:1:x", "trap:x",
  ])
  func itsServersAreNotAsked(table: String) throws {
    let trap = try Trap()
    try trap.configure("transport_maps = \(table)\n")
    let finished = try runRandmap(["route", "u@example.com", "-c", trap.etc])
    let type = table.prefix { $0 != ":" }
    #expect(
      finished.standardOutput.contains("asked only for a configuration that this machine's Postfix")
        || finished.standardOutput.contains("unsupported dictionary type: \(type) "), "\(finished.summary)")
    #expect(access(trap.mark, F_OK) != 0)
  }

  @Test func aRunningPostfixsOwnDirectoryIsKnown() throws {
    let lab = try PostfixLab()
    let tools = PostfixCommands()
    #expect(tools.ownPath(of: lab.configDirectory) != nil)
    #expect(tools.ownPath(of: lab.configDirectory + "/../etc") != nil)
    // Another directory that names the same queue is not that instance's.
    let other = try TemporaryDirectory()
    try other.write("main.cf", "queue_directory = \(lab.queueDirectory)\n")
    #expect(tools.ownPath(of: other.path) == nil)
    try lab.stop()
    #expect(tools.ownPath(of: lab.configDirectory) == nil)
  }

  /// Another user's link to Postfix's own directory, which may lead elsewhere a moment later.
  @Test(.enabled(if: geteuid() == 0)) func theWayToItsOwnDirectoryIsNobodyElses() throws {
    let lab = try PostfixLab()
    let tools = PostfixCommands()
    let place = try TemporaryDirectory()
    let link = place.file("link")
    #expect(symlink(lab.configDirectory, link) == 0)
    #expect(tools.ownPath(of: link) == FileReader.realPath(lab.configDirectory))
    #expect(lchown(link, 65_534, 65_534) == 0)
    #expect(tools.ownPath(of: link) == nil, "a link that is theirs")
    #expect(lchown(link, 0, 0) == 0 && chown(place.path, 65_534, 65_534) == 0)
    #expect(tools.ownPath(of: link) == nil, "a link in a directory that is theirs")
    let finished = try runRandmap(["status", "-c", link])
    #expect(!finished.standardOutput.contains("waiting"), "\(finished.summary)")
  }

  @Test func theOtherInstancesOfPostfixAreItsOwn() throws {
    let machine = try TemporaryDirectory()
    for name in ["own", "listed", "elsewhere"] {
      try machine.makeDirectory(name)
      try machine.write("\(name)/main.cf", "alternate_config_directories = \(machine.file("elsewhere"))\n")
    }
    try machine.write("own/main.cf", "multi_instance_directories = /nonexistent, \(machine.file("listed"))\n")
    let tools = PostfixCommands(ownDirectory: machine.file("own"))
    #expect(tools.ownPath(of: machine.file("own")) != nil && tools.ownPath(of: machine.file("listed")) != nil)
    #expect(
      tools.ownPath(of: machine.file("elsewhere")) == nil && tools.ownPath(of: machine.file("none")) == nil)
  }
}
