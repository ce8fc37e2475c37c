// samples/ci works as it is: each file is read by a reader of its language, its commands run, and its patterns match
// what randmap really prints.

import Foundation
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct CISamplesTests {
  private let machine: IsolatedMachine

  /// What every sample is tried on: an error in main.cf, and another one in a table.
  private static let main = """
    myhostname = mx.here.example
    compatibility_level = 3.6
    relayhost = [gw1.example
    transport_maps = texthash:/etc/postfix/transport

    """
  private static let goodMain = "myhostname = mx.here.example\ncompatibility_level = 3.6\n"

  init() throws {
    machine = try IsolatedMachine()
    try machine.write("postfix/main.cf", Self.main)
    try machine.write("postfix/transport", "example.com smtp:[in1.example], smtp:[in2.example]\n")
    try machine.write("postfix/master.cf", "smtp unix - - n - - smtp\nlocal unix - n n - - local\n")
    for name in try namesIn(sampleDirectory("ci")) {
      try machine.write("ci/" + name, readText(sampleDirectory("ci/" + name)))
    }
  }

  private func succeed(_ command: String) throws -> String {
    let finished = try machine.run(command)
    #expect(finished.status == .exited(0), "\(command): \(finished.summary)")
    return finished.standardOutput
  }

  /// A file of YAML, as PyYAML reads it.
  private func yaml(_ name: String) throws -> Any {
    let text = try succeed(
      "/usr/bin/python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)' < ci/\(name)"
    )
    return try JSONSerialization.jsonObject(with: Data(text.utf8))
  }

  /// All texts below a key, wherever it is.
  private func texts(_ key: String, in value: Any) -> [String] {
    if let object = value as? [String: Any] {
      return object.flatMap { name, inner -> [String] in
        guard name == key else { return texts(key, in: inner) }
        return (inner as? String).map { [$0] } ?? (inner as? [String]) ?? []
      }
    }
    return (value as? [Any])?.flatMap { texts(key, in: $0) } ?? []
  }

  /// Runs a command that finds the mistakes: its status says so to the program that started it.
  private func findings(_ command: String) throws -> [String] {
    let finished = try machine.run(command)
    #expect(finished.status == .exited(1), "\(command): \(finished.summary)")
    return finished.standardOutput.split(separator: "\n").map(String.init)
  }

  @Test func gitHubAnnotatesTheLines() throws {
    let commands = texts("run", in: try yaml("github-action.yml")).filter { $0.hasPrefix("randmap ") }
    let lines = try findings(try #require(commands.first))
    let annotation = try Regex("::(error|warning|notice) file=[^,]+,line=[0-9]+,col=[0-9]+.*::.+")
    #expect(lines.count >= 2 && lines.allSatisfy { $0.wholeMatch(of: annotation) != nil }, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("::error file=postfix/transport,line=1,") }, "\(lines)")
  }

  @Test func gitLabGetsACodeQualityReport() throws {
    let job = try yaml("gitlab-ci.yml")
    let command = try #require(texts("script", in: job).first { $0.hasPrefix("randmap ") })
    let file = try #require(texts("codequality", in: job).first)
    #expect(try findings(command) == [])
    let report = try JSONSerialization.jsonObject(with: Data(succeed("cat \(file)").utf8))
    let items = try #require(report as? [[String: Any]])
    #expect(items.count >= 2)
    for item in items {
      #expect(item["description"] is String && item["check_name"] is String)
      #expect(["info", "minor", "major", "critical", "blocker"].contains(item["severity"] as? String))
      let location = try #require(item["location"] as? [String: Any])
      let path = try #require(location["path"] as? String)
      #expect((location["lines"] as? [String: Int])?["begin"] != nil && !path.hasPrefix("/"))
    }
    #expect(Set(items.compactMap { $0["fingerprint"] as? String }).count == items.count)
  }

  @Test func preCommitFindsMistakesAndLetsAGoodCommitPass() throws {
    let hook = try yaml("pre-commit-config.yaml")
    let entry = try #require(texts("entry", in: hook).first)
    let files = try Regex(try #require(texts("files", in: hook).first))
    #expect("postfix/main.cf".firstMatch(of: files) != nil && "README".firstMatch(of: files) == nil)
    #expect(try findings(entry).contains { $0.hasSuffix("[RM203]") })
    try machine.write("postfix/main.cf", Self.goodMain)
    try machine.write("postfix/transport", "")
    _ = try succeed(entry)
  }

  @Test func ansibleInstallsOnlyWhatHasNoError() throws {
    let play = try yaml("ansible.yml")
    let template = try #require(texts("validate", in: play).first)
    #expect(texts("loop", in: play) == ["main.cf", "master.cf", "transport"])
    // A temporary file, whose name says nothing about what it is.
    func status(_ kind: String, _ text: String) throws -> TestSupport.ExitStatus {
      try machine.write("tmp/source", text)
      return try machine.run(
        template.replacing("{{ item }}", with: kind).replacing("%s", with: "tmp/source")
      ).status
    }
    #expect(try status("main.cf", Self.main) == .exited(1))
    #expect(try status("main.cf", Self.goodMain) == .exited(0))
    #expect(try status("transport", "a.example smtp:[b], smtp:[c]\n") == .exited(1))
    #expect(try status("transport", "a.example smtp:[b],[c]\n") == .exited(0))
    #expect(try status("master.cf", "smtp unix - - n - - smtp\n") == .exited(0))
    #expect(try status("master.cf", "smtp unix - - n\n") == .exited(1))
    let whole = try #require(texts("ansible.builtin.command", in: play).first { $0.hasPrefix("randmap ") })
    try machine.write("/etc/postfix/main.cf", Self.goodMain)
    _ = try succeed(whole)
  }

  /// What vim makes of lines by an errorformat: file:line:column:type of each, and what it could not read.
  private func quickfix(_ vim: String) throws -> [String] {
    _ = try machine.run("vim -Nu NONE -i NONE -n -es \(vim) -S list.vim < /dev/null", limit: .seconds(60))
    return try succeed("cat list").split(separator: "\n").map(String.init)
  }

  private static let list = """
    call writefile(map(getqflist(), {_, i -> i.valid ? join([bufname(i.bufnr), i.lnum, i.col, i.type], ':') : '?' . i.text}), 'list')
    qa!

    """

  @Test func vimReadsTheFindings() throws {
    _ = try requiredTool("vim", package: "vim")
    try machine.write("runtime/compiler/randmap.vim", readText(sampleDirectory("ci/randmap.vim")))
    try machine.write("list.vim", Self.list)
    let list = try quickfix(
      "--cmd 'set rtp^=runtime' -c 'edit postfix/main.cf' -c 'compiler randmap' -c 'make!'")
    #expect(list.contains { $0.hasSuffix("postfix/main.cf:3:13:e") }, "\(list)")
    #expect(list.contains { $0.hasSuffix("postfix/transport:1:33:e") }, "\(list)")
    #expect(!list.contains { $0.hasPrefix("?") }, "\(list)")
  }

  @Test func efmLanguageServerReadsTheFindings() throws {
    _ = try requiredTool("vim", package: "vim")
    let settings = try yaml("efm-langserver.yaml")
    let tools = try #require((settings as? [String: Any])?["tools"] as? [String: Any])
    let command = try #require(texts("lint-command", in: tools).first)
    let formats = texts("lint-formats", in: tools)
    #expect(!formats.isEmpty)
    // It takes vim's errorformat; a blank is escaped in `:set` only.
    _ = try findings("\(command) < postfix/main.cf > found")
    let value = formats.joined(separator: ",").replacing(" ", with: "\\ ")
    try machine.write("list.vim", "set errorformat=\(value)\ncgetfile found\n" + Self.list)
    let list = try quickfix("")
    #expect(list.contains("-:3:13:e"), "\(list)")
    #expect(!list.contains { $0.hasPrefix("?") }, "\(list)")
  }

  @Test func theProblemMatcherOfVSCodeMatches() throws {
    let file = try JSONSerialization.jsonObject(
      with: Data(readText(sampleDirectory("ci/vscode-tasks.json")).utf8))
    let command = try #require(texts("command", in: file).first)
    let pattern = try Regex(try #require(texts("regexp", in: file).first))
    let lines = try findings(command.replacing("${fileDirname}", with: "postfix"))
    #expect(lines.count >= 2)
    for line in lines {
      let match = try #require(line.wholeMatch(of: pattern), "\(line)")
      #expect(match.count == 7)
      #expect(match[1].substring?.hasPrefix("postfix/") == true && Int(match[2].substring ?? "") != nil)
      #expect(match[6].substring?.hasPrefix("RM") == true)
    }
  }

  /// The names of metrics, and the labels of each, as the commands print them.
  private func metrics() throws -> [String: Set<String>] {
    try machine.write(
      "/etc/postfix/main.cf",
      """
      myhostname = mx.here.example
      compatibility_level = 3.6
      maillog_file = /var/log/mail.log
      sender_dependent_relayhost_maps =
          randmap:{[gw1.example]:587, [gw2.example]:587, [gw3.example]:587}

      """)
    _ = try succeed("gateway up gw1.example 587; gateway up gw2.example 587; postfix start")
    try waitUntil("a delivery in the log, and one to the gateway that is down") { () throws(TestFailure) in
      // Each with another sender, so that each is another choice.
      let grep = "grep -q status=sent /var/log/mail.log && grep -q status=deferred /var/log/mail.log"
      let sent = try machine.run(grep).status == .exited(0)
      if !sent { _ = try machine.run("sendmail -f $RANDOM@here.example b@elsewhere.example < /etc/hosts") }
      return sent
    }
    let text = try machine.run(
      "randmap --status --format prometheus; randmap report --since 1h --format prometheus"
    ).standardOutput
    var found: [String: Set<String>] = [:]
    // The third gateway is down: its reason is what an alert names.
    #expect(
      text.contains("randmap_gateway_reason{gateway=\"[gw3.example]:587\",reason=\"connection refused\"} 1"),
      "\(text)")
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let name = String(line.prefix { $0 != "{" && $0 != " " })
      found[name, default: []].formUnion(line.matches(of: /([a-z_]+)="/).map { String($0.1) })
    }
    return found
  }

  @Test func alertsAndDashboardNameMetricsThatThereAre() throws {
    let metrics = try metrics()
    let alerts = try #require((try yaml("prometheus-alerts.yml") as? [String: Any])?["groups"])
    let dashboard = try JSONSerialization.jsonObject(
      with: Data(readText(sampleDirectory("ci/grafana-dashboard.json")).utf8))
    let expressions = texts("expr", in: alerts) + texts("expr", in: dashboard)
    #expect(expressions.count > 10)
    for expression in expressions {
      for name in expression.matches(of: /randmap_[a-z_]+/).map({ String($0.0) }) {
        #expect(metrics[name] != nil, "\(name) of: \(expression); there are \(metrics.keys.sorted())")
      }
    }
    // What a person reads names the gateway, the pool or the file; the label has to be there.
    for rule in (((alerts as? [[String: Any]])?.first?["rules"]) as? [[String: Any]]) ?? [] {
      let expression = try #require(rule["expr"] as? String)
      let names = expression.matches(of: /randmap_[a-z_]+/).compactMap { metrics[String($0.0)] }
      let labels = names.reduce(into: Set(["instance", "file"])) { $0.formUnion($1) }
      let used = texts("summary", in: rule).flatMap {
        $0.matches(of: /\$labels\.([a-z]+)/).map { String($0.1) }
      }
      #expect(used.count >= 2 && labels.isSuperset(of: used), "\(rule)")
      // A label whose words change would make another alert of each change.
      #expect(!expression.contains("reason"), "\(rule)")
      // One of a gateway says why, and how much waits for it.
      guard used.contains("gateway") else { continue }
      let words = (texts("summary", in: rule) + texts("description", in: rule)).joined(separator: "\n")
      let asked = words.matches(of: /(randmap_[a-z_]+)\{/).map { String($0.1) }
      #expect(!asked.isEmpty && asked.allSatisfy { metrics[$0] != nil }, "\(rule)")
      #expect(asked.contains { metrics[$0]?.contains("reason") == true }, "\(rule)")
      #expect((asked + [expression]).contains { $0.contains("randmap_gateway_waiting_messages") }, "\(rule)")
    }
  }
}
