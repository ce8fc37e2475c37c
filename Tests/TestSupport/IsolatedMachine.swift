// A machine of a page's own, for commands that are run as they are printed: namespaces with another /etc/postfix, other
// names, and a network in which nothing outside can be reached.
import Glibc

/// A machine as the pages of docs/how-to assume it: it is called `mx.here.example`, its Postfix is in the usual places,
/// and the gateways of ``hosts`` have names. Everything in it ends when the last reference to it goes.
package final class IsolatedMachine {
  /// The names that its name server knows, with their addresses. Those of gateways are on the loopback.
  package static let hosts = [
    ("gw1.example", "127.0.0.11"), ("gw2.example", "127.0.0.12"), ("gw3.example", "127.0.0.13"),
    ("gw4.example", "127.0.0.14"),
    ("in1.example", "127.0.0.21"), ("in2.example", "127.0.0.22"), ("out1.here.example", "192.0.2.1"),
    ("out2.here.example", "192.0.2.2"), ("out3.here.example", "192.0.2.3"),
    ("out4.here.example", "192.0.2.4"),
  ]

  /// The samples of the source tree are in its working directory.
  private let directory: TemporaryDirectory
  private let holder: ChildProcess
  private let inside: pid_t

  /// - Parameter addresses: further addresses that it has.
  package init(addresses: [String] = []) throws(TestFailure) {
    guard geteuid() == 0 else {
      throw TestFailure("namespaces need root: run the tests with 'make test', which calls sudo, or as root")
    }
    directory = try TemporaryDirectory()
    guard chmod(directory.path, 0o755) == 0 else { throw .system("chmod \(directory.path)") }
    for name in ["bin", "etc", "work"] { try directory.makeDirectory(name) }
    // What the packages of Postfix keep beside main.cf stays.
    try runSuccessfully("cp", ["-a", "/etc/postfix/.", directory.file("etc")])
    try directory.write("etc/main.cf", "")
    try directory.write("etc/master.cf", Self.masterServices)
    try directory.write("resolv.conf", "nameserver 127.0.0.1\noptions timeout:2 attempts:1\n")
    try directory.write("hosts", "127.0.0.1 localhost\n127.0.0.1 mx.here.example mx\n")
    guard symlink(try randmapProgram(), directory.file("bin/randmap")) == 0 else {
      throw .system("link to randmap")
    }
    guard symlink(sampleDirectory(""), directory.file("work/samples")) == 0 else {
      throw .system("link to the samples")
    }
    try writeFile(directory.file("bin/gateway"), Self.gateway, mode: 0o755)
    let script = try directory.write("set-up", try Self.setUp(directory.path, addresses))
    // The shell is the first process of the namespace: when unshare(1) ends, the kernel ends it and all others.
    let holder = try ChildProcess(
      requiredTool("unshare", package: "util-linux"),
      ["--mount", "--net", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", script])
    self.holder = holder
    let ready = directory.file("ready")
    try waitUntil("the machine of a page", seen: holder.standardError) { () throws(TestFailure) in
      if let status = holder.status {
        throw TestFailure("the set-up of namespaces ended: \(status) \(holder.standardError)")
      }
      return access(ready, F_OK) == 0
    }
    let children = try readText("/proc/\(holder.pid)/task/\(holder.pid)/children")
    guard let first = children.split(separator: " ").first, let pid = pid_t(first) else {
      throw TestFailure("unshare has no child: \(children)")
    }
    inside = pid
  }

  /// Runs a command line of bash, with what it prints and what it complains of in one text.
  package func run(_ command: String, limit: Duration = .long) throws(TestFailure) -> FinishedProcess {
    let call = entering("exec 2>&1\n" + command)
    return try TestSupport.run(call[0], Array(call.dropFirst()), environment: environment, limit: limit)
  }

  /// The console, or whatever else needs a terminal.
  package func terminal(_ command: String, width: Int, height: Int) throws(TestFailure) -> TerminalSession {
    // TerminalSession starts its command by env(1). tmux itself would not pass PATH on.
    let without = environment.filter { $0.value == nil }.flatMap { ["-u", $0.key] }
    let with = environment.compactMap { name, value in value.map { "\(name)=\($0)" } }
    return try TerminalSession(without + with + entering(command), width: width, height: height)
  }

  /// Writes a file: its path may begin with /etc/postfix, otherwise it is below the working directory.
  package func write(_ path: String, _ text: String) throws(TestFailure) {
    let place =
      path.hasPrefix("/etc/postfix/")
      ? directory.file("etc/" + path.dropFirst("/etc/postfix/".count)) : directory.file("work/" + path)
    let folder = place.prefix(upTo: place.lastIndex(of: "/") ?? place.endIndex)
    try runSuccessfully("mkdir", ["-p", String(folder)])
    try writeFile(place, text)
    // Each daemon that starts within two seconds of a change of main.cf waits until it has rested.
    try age(place, seconds: 10)
  }

  private func entering(_ command: String) -> [String] {
    let namespaces = ["--mount", "--net", "--uts", "--pid"]
    return ["nsenter", "--target", String(inside)] + namespaces
      + ["bash", "-c", "cd '\(directory.file("work"))' || exit 99\n" + command]
  }

  private var environment: [String: String?] {
    [
      "PATH": directory.file("bin") + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "HOME": directory.file("work"), "LANG": "C.UTF-8", "TZ": "UTC", "LC_ALL": nil, "MAIL_CONFIG": nil,
      "NO_COLOR": nil, "XDG_CONFIG_HOME": nil, "TERM": "xterm-256color",
    ]
  }

  private static func setUp(_ directory: String, _ addresses: [String]) throws(TestFailure) -> String {
    let names = try requiredTool("dnsmasq", package: "dnsmasq-base")
    let records = hosts.map { "--host-record=\($0.0),\($0.1)" } + ["--host-record=mx.here.example,127.0.0.1"]
    return """
      set -e
      \(try requiredTool("ip", package: "iproute2")) link set lo up
      \(addresses.map { "ip address add \($0)/32 dev lo" }.joined(separator: "\n"))
      hostname mx.here.example
      mkdir -p /var/lib/randmap
      for place in /var/lib/postfix /var/lib/randmap /var/spool/postfix /var/log; do
        mount -t tmpfs -o mode=755 tmpfs $place
      done
      chown postfix /var/lib/postfix
      mount --bind '\(directory)/etc' /etc/postfix
      mount --bind '\(directory)/resolv.conf' /etc/resolv.conf
      mount --bind '\(directory)/hosts' /etc/hosts
      \(names) --conf-file=/dev/null --pid-file --user=root --no-hosts --no-resolv --bind-interfaces \\
        --listen-address=127.0.0.1 --local=/example/ \(records.joined(separator: " "))
      touch '\(directory)/ready'
      exec sleep 900
      """
  }

  /// `gateway up NAME PORT [OPTION OF SMTP-SINK ...]`, `gateway down NAME PORT`.
  private static let gateway = """
    #!/bin/bash
    set -e
    case $1 in
      up)
        (exec 3<&- 4<&-; setsid smtp-sink -u root "${@:4}" "$2:$3" 100 < /dev/null > /dev/null 2>&1 &)
        for try in {1..400}; do
          if (: < "/dev/tcp/$2/$3") 2> /dev/null; then exit; fi
          sleep 0.02
        done
        echo "smtp-sink does not listen on $2:$3"
        exit 1 ;;
      down)
        for process in /proc/[0-9]*; do
          if tr '\\0' ' ' < "$process/cmdline" 2> /dev/null | grep -q "^smtp-sink .* $2:$3 "; then
            kill "${process#/proc/}"
          fi
        done
        for try in {1..400}; do
          if ! (: < "/dev/tcp/$2/$3") 2> /dev/null; then exit; fi
          sleep 0.02
        done
        exit 1 ;;
    esac

    """

  /// The services of Postfix's own master.cf that mail needs, none of them in a chroot(2).
  private static let masterServices =
    "smtp inet n - n - - smtpd\ntlsmgr unix - - n 1000? 1 tlsmgr\n" + PostfixLab.services
    + PostfixLab.logService
}
