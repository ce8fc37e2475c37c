// 200 writes by two randmaps at once, some with a reload, on the configuration of a Postfix that is delivering mail:
// no lookup fails, no message is lost, no write is lost, and Postfix's own tools see what randmap says.

import Foundation
import TestSupport
import TestTraits
import Testing

/// What one writer does, over and over; each command changes something.
private struct Writer {
  let commands: [[String]]
  private(set) var done = 0
  private(set) var conflicts = 0
  private var process: ChildProcess?

  init(_ commands: [[String]]) { self.commands = commands }

  /// Starts the next command.
  mutating func start(on lab: PostfixLab, reloading: Bool) throws {
    process = try ChildProcess(
      randmapProgram(),
      commands[done % commands.count] + [
        "-c", lab.configDirectory, "--postfix-version", "3.7", "--write", "--force",
      ] + (reloading ? ["--reload"] : []))
  }

  /// Waits for its end. A conflict with the other writer is an answer: the command is made again.
  mutating func finish() throws {
    guard let finished = try process?.wait() else { return }
    process = nil
    if finished.status == .exited(0) {
      done += 1
    } else {
      #expect(finished.status == .exited(1), "\(finished.summary)")
      #expect(finished.standardError.contains("nothing is written"), "\(finished.summary)")
      conflicts += 1
    }
  }
}

@Suite(.waits) struct WritesUnderMailFlowTests {
  private struct Pools: Decodable {
    struct Pool: Decodable {
      struct Member: Decodable {
        let result: String
        let weight: Int
        let drained: Bool
      }
      let id: String
      let members: [Member]
    }
    let pools: [Pool]
  }

  @Test func neitherMailNorAWriteIsLost() throws {
    let gateways = try (0..<3).map { _ in try SmtpSink() }
    let (first, second, third) = (gateways[0].address, gateways[1].address, gateways[2].address)
    let lab = try PostfixLab(
      files: ["domains": "pool.example smtp:x1\n", "transport": "fixed.example smtp:\(second)\n"],
      logging: .ownProcess)
    try runSuccessfully(
      postfixTool("postmap"), ["-c", lab.configDirectory, "hash:\(lab.configDirectory)/domains"])
    try runSuccessfully(
      postfixTool("postmap"), ["-c", lab.configDirectory, "lmdb:\(lab.configDirectory)/transport"])
    try lab.stop()
    try lab.configure(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:\(first), smtp:\(second)}
        transport_maps =
            pipemap:{hash:$config_directory/domains, randmap:{smtp:\(first), smtp:\(third)}}
            lmdb:$config_directory/transport
        """)
    try lab.start()

    let outbound = "sender_dependent_default_transport_maps"
    var writers = [
      Writer([
        ["set", outbound, "smtp:\(second)", "2"], ["drain", "smtp:\(second)", "--pool", outbound],
        ["restore", "smtp:\(second)", "--pool", outbound], ["set", outbound, "smtp:\(second)", "1"],
      ]),
      Writer([
        ["set-route", "fixed.example", "smtp:\(first)", "--table", "transport"],
        ["set", "transport_maps", "smtp:\(third)", "2"],
        ["set-route", "pool.example", "smtp:x2", "--table", "domains"],
        ["set-route", "fixed.example", "smtp:\(second)", "--table", "transport"],
        ["set", "transport_maps", "smtp:\(third)", "1"],
        ["set-route", "pool.example", "smtp:x1", "--table", "domains"],
      ]),
    ]
    let domains = ["elsewhere.example", "pool.example", "fixed.example"]
    let batch = 25
    let writes = 100
    var batches = 0
    var source: ChildProcess?
    var rounds = 0
    while writers.contains(where: { $0.done < writes }) {
      if source?.status != nil || source == nil {
        if let status = source?.status { #expect(status == .exited(0)) }
        source = try ChildProcess(
          postfixTool("smtp-source"),
          [
            "-N", "-s", "2", "-m", "\(batch)", "-t", "user@\(domains[batches % 3])", "-f",
            "a@lab.randmap.test",
            "\(lab.address.host):\(lab.address.port)",
          ])
        batches += 1
      }
      rounds += 1
      try #require(rounds < 400, "the writers do not get on: \(writers.map(\.conflicts)) conflicts")
      // Daemons wait for a main.cf that has rested for a second: after a reload they get the time, so that both are
      // there, daemons that start between two writes, and daemons that meet one.
      let reloads = rounds % 25 == 0
      for index in writers.indices where writers[index].done < writes {
        try writers[index].start(on: lab, reloading: reloads && index == 0)
      }
      for index in writers.indices { try writers[index].finish() }
      if reloads { #expect(try source?.wait().status == .exited(0)) }
    }
    #expect(try source?.wait().status == .exited(0))
    try lab.waitUntilDrained()

    #expect(gateways.map(\.count).reduce(0, +) == batches * batch)
    let complaints = lab.log.split(separator: "\n").filter { line in
      [
        "lookup failure", "lookup error", "is unavailable", "fatal:", "panic:", "status=deferred",
        "status=bounced",
      ]
      .contains { line.contains($0) }
        // master(8) says so where a daemon was gone before it ended all of them.
        && !line.contains("master_sigdeath: kill process group")
        // After a reload qmgr(8) locks each file to see whether it is being delivered; a smtp(8) that gets its request in that
        // moment ends, and the message is sent again (qmgr_message.c, deliver_request.c). It counts as sent once, as above.
        && !line.contains("shared lock active/")
    }
    #expect(complaints.isEmpty)
    // A conflict may take some of the four.
    #expect(lab.log.ranges(of: "reload -- version").count >= 2)
    try checkAgreement(lab, gateways: gateways, outbound: outbound)
  }

  /// Both writers ended in the middle of their rounds (100 is 25 rounds of four, and 16 of six and four more): what
  /// is there then is known.
  private func checkAgreement(_ lab: PostfixLab, gateways: [SmtpSink], outbound: String) throws {
    let directory = lab.configDirectory
    let finished = try runRandmap(["pools", "--format", "json", "-c", directory])
    let pools = try JSONDecoder().decode(Pools.self, from: Data(finished.standardOutput.utf8)).pools
    func weights(_ id: String) -> [String: Int] {
      let members = pools.first { $0.id == id }?.members.filter { !$0.drained } ?? []
      return Dictionary(members.map { ($0.result, $0.weight) }, uniquingKeysWith: { first, _ in first })
    }
    #expect(weights(outbound) == ["smtp:\(gateways[0].address)": 1, "smtp:\(gateways[1].address)": 1])
    #expect(
      weights("transport_maps") == ["smtp:\(gateways[0].address)": 1, "smtp:\(gateways[2].address)": 2])

    try lab.nameLogService()
    let check = try run(postfixTool("postfix"), ["-c", directory, "check"])
    #expect(check.status == .exited(0), "\(check.summary)")
    let postconf = try run(postfixTool("postconf"), ["-c", directory, "-n"])
    #expect(postconf.status == .exited(0))
    #expect(postconf.standardError == "")
    for (id, members) in [outbound, "transport_maps"].map({ ($0, weights($0)) }) {
      let line = postconf.standardOutput.split(separator: "\n").first { $0.hasPrefix("\(id) =") } ?? ""
      for (result, weight) in members { #expect(line.ranges(of: result).count == weight, "\(line)") }
    }
    let postmap = try postfixTool("postmap")
    #expect(
      try runSuccessfully(postmap, ["-c", directory, "-q", "fixed.example", "lmdb:\(directory)/transport"])
        == "smtp:\(gateways[1].address)\n")
    #expect(
      try runSuccessfully(postmap, ["-c", directory, "-q", "pool.example", "hash:\(directory)/domains"])
        == "smtp:x2\n")
    #expect(try namesIn(directory).allSatisfy { !$0.contains("randmap") })
  }
}
