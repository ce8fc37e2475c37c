// Pools taken from one notation to the next while their Postfix stands, with the agent beside it where that is the
// notation: after each conversion the mail goes to the same gateways with the same shares.
import Glibc
import PostfixFiles
import TestSupport
import TestTraits
import Testing

/// A Postfix, and where the mail for each domain has to go: gateways with their weights.
private final class Journey {
  static let messages = 120

  private let lab: PostfixLab
  private let promise: [String: [(gateway: SmtpSink, weight: Int)]]
  private var agent: RunningAgent?
  /// What each gateway has received for each domain.
  private var received: [String: [Int]] = [:]

  init(_ lab: PostfixLab, _ promise: [String: [(gateway: SmtpSink, weight: Int)]]) {
    self.lab = lab
    self.promise = promise
  }

  /// Writes all pools in another notation, as a person does, and has Postfix read it.
  func convert(to target: String, with agent: Bool) throws {
    if agent, self.agent == nil {
      // Not before it is there: mail would wait.
      let refused = try runRandmap(["convert", "--to", target, "--write", "-c", lab.configDirectory])
      #expect(refused.status == .exited(1) && refused.standardError.contains("RM123"), "\(refused.summary)")
      self.agent = try RunningAgent(beside: lab)
    }
    let finished = try runRandmap(["convert", "--to", target, "--write", "-c", lab.configDirectory])
    try #require(finished.status == .exited(0), "\(finished.summary)")
    try lab.stop()
    try lab.start()
    if !agent {
      try self.agent?.stop()
      self.agent = nil
    }
  }

  func mainCf() throws -> String { try readText(lab.configDirectory + "/main.cf") }

  func text(_ name: String) throws -> String { try readText("\(lab.configDirectory)/\(name)") }

  /// Sends mail to every domain, and looks where it came out.
  func checkMail(_ notation: String) throws {
    for domain in promise.keys.sorted() { try lab.send(Self.messages, to: "user@\(domain)") }
    try lab.waitUntilDrained()
    for (domain, members) in promise {
      let counts = members.map { member in
        member.gateway.messages.count { $0.contains("@\(domain)>") }
      }
      let before = received.updateValue(counts, forKey: domain) ?? counts.map { _ in 0 }
      let now = zip(counts, before).map { $0 - $1 }
      #expect(now.reduce(0, +) == Self.messages, "\(notation): \(domain) \(now) \(agent?.log ?? "")")
      let total = members.reduce(0) { $0 + $1.weight }
      for (count, member) in zip(now, members) {
        #expect(
          fits(count, of: Self.messages, share: Double(member.weight) / Double(total)),
          "\(notation): \(domain) \(now)")
      }
    }
    #expect(lab.deliveries.allSatisfy { $0.status == .sent }, "\(notation): \(lab.log.suffix(2000))")
  }
}

@Suite(.waits) struct ConversionTests {
  private func gateways(_ count: Int) throws -> [SmtpSink] { try (0..<count).map { _ in try SmtpSink() } }

  @Test(.enabled(if: PostfixVersion.ofLabs >= .nextHopLists, "next-hop lists need Postfix 3.5"))
  func stockToTheAgentToFilesToInlineToStock() throws {
    let sinks = try gateways(7)
    let at = sinks.map { "\($0.address)" }
    let lab = try PostfixLab(
      main: """
        relay_domains = branch.example
        sender_dependent_default_transport_maps =
            unionmap:{randmap:{smtp:\(at[0]), smtp:\(at[1]), smtp:\(at[1])}, static:{\(at[0]),\(at[1])}}
        transport_maps =
            pipemap:{inline:{partner.example=pool}, pipemap:{
                randmap:{smtp:\(at[2]), smtp:\(at[2]), smtp:\(at[2]), relay:\(at[3])},
                inline:{{smtp:\(at[2])=smtp:\(at[2])}, {relay:\(at[3])=relay:\(at[3])}}}}
            pipemap:{inline:{branch.example=pool}, randmap:{relay:\(at[4]), relay:\(at[5]), relay:\(at[6])}}
        """)
    let journey = Journey(
      lab,
      [
        "elsewhere.example": [(sinks[0], 1), (sinks[1], 2)],
        "partner.example": [(sinks[2], 3), (sinks[3], 1)],
        "branch.example": [(sinks[4], 1), (sinks[5], 1), (sinks[6], 1)],
      ])
    try journey.checkMail("stock")

    try journey.convert(to: "agent", with: true)
    #expect(try journey.mainCf().contains("        !smtp:\(at[0])\n        !smtp:\(at[1])\n"))
    #expect(try !journey.mainCf().contains("pipemap"))
    try journey.checkMail("agent")

    try journey.convert(to: "file", with: true)
    #expect(try journey.text("partner.example.pool").hasSuffix("relay:\(at[3])\n"))
    #expect(try !journey.mainCf().contains(at[0]))
    try journey.checkMail("file")

    try journey.convert(to: "inline", with: true)
    #expect(try !journey.mainCf().contains(".pool"))
    try journey.checkMail("inline")

    try journey.convert(to: "stock", with: false)
    #expect(try !journey.mainCf().contains("randmap:!"))
    try journey.checkMail("stock again")

    // The safety net that the conversion wrote takes what a dead gateway does not.
    try sinks[1].stop()
    let before = sinks[0].count
    try lab.send(60, to: "user@elsewhere.example")
    try lab.waitUntilDrained()
    #expect(sinks[0].count == before + 60)
    #expect(lab.deliveries.allSatisfy { $0.status == .sent })
  }

  /// `smtp:randmap:![a]![b]`, which smtp(8) dies of, as the agent runs it; there is no mail before it to compare with,
  /// only what `randmap pools` says of it.
  @Test func nextHopsInATableGetTheirTransport() throws {
    let sinks = try gateways(4)
    let lab = try PostfixLab(
      main: "transport_maps = texthash:$config_directory/transport",
      files: [
        "transport": """
        partner.example  smtp:randmap:!\(sinks[0].address)!\(sinks[1].address)!\(sinks[1].address)
        other.example    relay:randmap:$FILE

        """
      ])
    let pool = "\(lab.configDirectory)/other"
    try writeFile(pool, "\(sinks[2].address)\n\(sinks[2].address)\n\(sinks[3].address)\n")
    let table = lab.configDirectory + "/transport"
    try writeFile(table, readText(table).split(separator: "$FILE").joined(separator: pool))
    let shown = try runRandmap(["pools", "-c", lab.configDirectory])
    #expect(shown.standardOutput.contains("66.7%  x2  \(sinks[1].address)"), "\(shown.summary)")
    let journey = Journey(
      lab,
      [
        "partner.example": [(sinks[0], 1), (sinks[1], 2)], "other.example": [(sinks[2], 2), (sinks[3], 1)],
      ])
    try journey.convert(to: "agent", with: true)
    #expect(
      try journey.text("transport").contains("partner.example  randmap:!smtp:\(sinks[0].address)!smtp:"))
    #expect(try journey.text("other").hasPrefix("relay:\(sinks[2].address)\n"))
    try journey.checkMail("agent")
    try journey.convert(to: "file", with: true)
    try journey.checkMail("file")
    try journey.convert(to: "inline", with: true)
    try journey.checkMail("inline")
    try journey.convert(to: "stock", with: false)
    try journey.checkMail("stock")
  }

  @Test func aRelayhostBecomesAPoolForEachTransport() throws {
    let sinks = try gateways(2)
    let lab = try PostfixLab(
      main: """
        relay_domains = branch.example
        sender_dependent_relayhost_maps = randmap:{\(sinks[0].address), \(sinks[1].address), \(sinks[1].address)}
        """)
    let members = [(gateway: sinks[0], weight: 1), (gateway: sinks[1], weight: 2)]
    let journey = Journey(lab, ["elsewhere.example": members, "branch.example": members])
    try journey.checkMail("stock")
    try journey.convert(to: "agent", with: true)
    try journey.checkMail("agent")
    try journey.convert(to: "stock", with: false)
    try journey.checkMail("stock again")
  }
}
