// A disk that is full, or nearly: each edit gives the old files or the new ones, says why in one sentence, and the next write
// works when there is room.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(20))) struct FullDiskTests {
  /// What is on the small file system.
  enum Small: String, CaseIterable { case configuration, state, both }

  /// Each command once with each amount of room, in the mount namespace of its own: name, room, status, digest of the files, whether
  /// anything is left beside them, status of a write afterwards; then what it said.
  private static let script = #"""
    program=$0; directory=$1; small=$2; shift 2
    set -e
    mkdir -p $directory/etc $directory/state $directory/small /var/lib/randmap
    mount -t tmpfs -o size=256k,mode=700 tmpfs $directory/small
    mkdir $directory/small/etc $directory/small/state
    case $small in configuration|both) mount --bind $directory/small/etc $directory/etc;; esac
    case $small in state|both) mount --bind $directory/small/state $directory/state;; esac
    mount --bind $directory/state /var/lib/randmap
    set +e
    cd $directory/etc
    call() { "$program" "$@" -c $directory/etc --postfix-version 3.7; }
    files() { printf '%s\n' "$main" >main.cf; printf 'smtp unix - - n - - smtp\n' >master.cf; printf '%s\n' "$table" >table; rm -f *.pool; }
    main="# randmap: agent
    queue_directory = $directory/q
    relay_transport = randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]
    transport_maps = texthash:$directory/etc/table
    "
    main=$(printf '%s\n' "$main" | sed 's/^    //')
    table='d.example randmap:{smtp:[127.0.0.2],smtp:[127.0.0.3]}
    '
    table=$(printf '%s\n' "$table" | sed 's/^ *//')
    digest() { cat main.cf master.cf table *.pool 2>/dev/null | sha1sum | cut -c1-40; }
    try() {
      for room in 0 4 8 12 16 24 40 none; do
        rm -rf $directory/state/* $directory/small/fill; files
        if [ "$1" = tick ]; then
          sed -i '/^relay_transport/a # randmap: drained smtp:[127.0.0.9] x2 until=2020-01-01T00:00Z' main.cf
        fi
        if [ "$1" = undo ]; then call set relay_transport '[127.0.0.2]' 2 --write >/dev/null 2>&1; fi
        if [ $room != none ]; then
          cat /dev/zero >$directory/small/fill 2>/dev/null
          truncate -s -${room}k $directory/small/fill
        fi
        call "$@" >/dev/null 2>$directory/said </dev/null
        status=$?
        digest=$(digest)
        rm -f $directory/small/fill
        left=$(ls -A | grep -c -e '\.randmap-' -e '\.tmp$')
        left=$((left + $(find $directory/state -name '*journal*' | wc -l)))
        call set-route later.example 'smtp:[127.0.0.2]' --write >/dev/null 2>$directory/later </dev/null
        echo "$1 $room $status $digest $left $?"
        sed 's/^/said: /' $directory/said
        sed 's/^/later: /' $directory/later
      done
    }
    try set relay_transport '[127.0.0.3]' 3 --write
    try set-route e.example 'smtp:[127.0.0.2]' --write
    try convert --to file --write
    try pool to:x.example '[127.0.0.5]' '[127.0.0.6]=2' --write
    try tick
    try undo
    """#

  @Test(.enabled(if: geteuid() == 0, "root mounts a small file system"), arguments: Small.allCases)
  func theFilesAreOldOrNew(small: Small) throws {
    let directory = try TemporaryDirectory()
    let finished = try run(
      requiredTool("unshare", package: "util-linux"),
      ["--mount", "bash", "-c", Self.script, randmapProgram(), directory.path, small.rawValue],
      environment: ["XDG_CONFIG_HOME": directory.path], limit: .seconds(600))
    #expect(finished.status == .exited(0), "\(finished.summary)")
    var digests: [String: (old: String?, new: String?)] = [:]
    var calls: [(fields: [Substring], said: [Substring])] = []
    for line in finished.standardOutput.split(separator: "\n") {
      if line.hasPrefix("said: ") {
        calls[calls.count - 1].said.append(line.dropFirst(6))
      } else if !line.hasPrefix("later: ") {
        calls.append((line.split(separator: " "), []))
      }
    }
    #expect(calls.count == 48, "\(finished.summary)")
    for (fields, _) in calls {
      if fields[1] == "0" { digests[String(fields[0]), default: (nil, nil)].old = String(fields[3]) }
      if fields[1] == "none" { digests[String(fields[0]), default: (nil, nil)].new = String(fields[3]) }
    }
    for (fields, said) in calls {
      let words = "\(small) \(fields.joined(separator: " ")): \(said.joined(separator: " | "))"
      let known = try #require(digests[String(fields[0])])
      #expect(known.old != known.new, "\(words)")
      switch fields[2] {
      case "0": #expect(String(fields[3]) == known.new, "\(words)")
      case "1":
        #expect(String(fields[3]) == known.old, "\(words)")
        let reasons = said.filter { $0.contains("No space left on device") }
        #expect(reasons.count == 1, "\(words)")
        #expect(reasons.first?.contains("make room on that file system") ?? false, "\(words)")
      default: Issue.record("\(words)")
      }
      #expect(fields[4] == "0", "\(words)")
      #expect(fields[5] == "0", "\(words) \(finished.standardOutput.suffix(2_000))")
    }
    // The room was too little for some, and enough for others.
    #expect(Set(calls.map { $0.fields[2] }) == ["0", "1"])
  }

  /// What was written is written, and the one who called learns it though the diff has no room.
  @Test func aDiffWithoutRoomSaysThatTheFilesAreWritten() throws {
    let directory = try TemporaryDirectory()
    let main =
      "# randmap: agent\nqueue_directory = \(directory.path)\nrelay_transport = randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]\n"
    try directory.write("main.cf", main)
    func call(_ words: String) throws -> FinishedProcess {
      try run(
        "sh",
        [
          "-c",
          "exec \(try randmapProgram()) \(words) -c '\(directory.path)' --postfix-version 3.7 >/dev/full",
        ],
        environment: ["XDG_STATE_HOME": directory.path, "XDG_CONFIG_HOME": directory.path])
    }
    // Nothing is written before the diff is out.
    let set = try call("set relay_transport '[127.0.0.3]' 3 --write")
    #expect(set.status == .exited(3))
    #expect(set.standardError == "randmap: cannot write the output: No space left on device\n")
    #expect(try readText(directory.file("main.cf")) == main)
    try directory.write("main.cf", main + "# randmap: drained smtp:[127.0.0.9] x2 until=2020-01-01T00:00Z\n")
    let written =
      "randmap: cannot write the output: No space left on device; but the files are written: \"randmap log -c \(directory.path) --diff\""
    let tick = try call("tick")
    #expect(tick.status == .exited(3) && tick.standardError.contains(written), "\(tick.summary)")
    #expect(try readText(directory.file("main.cf")).contains("!smtp:[127.0.0.9]!smtp:[127.0.0.9]"))
    let undo = try call("undo")
    #expect(undo.status == .exited(3) && undo.standardError.contains(written), "\(undo.summary)")
    #expect(try readText(directory.file("main.cf")).hasPrefix(main))
  }

  /// A file may not become larger than `ulimit -f` says: without care the kernel would end the process half-way.
  @Test(arguments: [0, 1, 2, 3, 4, 5, 8]) func aLimitOfFileSizesIsAFailedWrite(limit: Int) throws {
    let directory = try TemporaryDirectory()
    // A main.cf of a bit more than 3 KiB.
    let main =
      "# randmap: agent\nqueue_directory = \(directory.path)\nrelay_transport = randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]\n"
      + "# randmap: drained smtp:[127.0.0.9] x2 until=2020-01-01T00:00Z\n"
      + String(repeating: "#\n", count: 1_500)
    for words in [
      "set relay_transport '[127.0.0.3]' 3 --write", "tick", "drain '[127.0.0.3]' --write", "--check",
    ] {
      try directory.write("main.cf", main)
      let finished = try run(
        "bash",
        [
          "-c",
          "(ulimit -f \(limit); exec \(try randmapProgram()) \(words) -c '\(directory.path)' --postfix-version 3.7 2>&1) | cat",
        ],
        environment: ["XDG_STATE_HOME": directory.path, "XDG_CONFIG_HOME": directory.path])
      let text = try readText(directory.file("main.cf"))
      if finished.standardOutput.contains("File too large") {
        #expect(text == main, "\(words) \(finished.summary)")
        #expect(finished.standardOutput.contains("\"ulimit -f unlimited\""), "\(words) \(finished.summary)")
      } else {
        #expect(limit > 3 || words == "--check", "\(words) \(finished.summary)")
        #expect(text.hasSuffix("#\n") && text.utf8.count > 3_000, "\(words) \(finished.summary)")
      }
      #expect(try namesIn(directory.path).allSatisfy { !$0.hasSuffix(".new") && !$0.hasSuffix(".tmp") })
      // Without the limit the next one works.
      let next = try runRandmap(
        [
          "add", "relay_transport", "smtp:[127.0.0.7]", "--write", "-c", directory.path, "--postfix-version",
          "3.7",
        ],
        environment: ["XDG_STATE_HOME": directory.path, "XDG_CONFIG_HOME": directory.path])
      #expect(next.status == .exited(0), "\(words) \(next.summary)")
    }
  }

  /// The program ignores the signal; what it starts gets it.
  @Test func aLimitOfFileSizesEndsNoCommandByASignal() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "relayhost = [127.0.0.2]\n")
    let finished = try run(
      "bash",
      [
        "-c",
        "{ (ulimit -f 0; exec \(try randmapProgram()) --check -c '\(directory.path)' --format json 2>&1 >'\(directory.path)/out'); echo $?; } | cat",
      ], environment: ["XDG_CONFIG_HOME": directory.path])
    #expect(finished.standardOutput.hasSuffix("\n3\n"), "\(finished.summary)")
    #expect(
      finished.standardOutput.contains("cannot write the output: File too large"), "\(finished.summary)")
  }
}
