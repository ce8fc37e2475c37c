// A share of a thousandth: a pool of 1,000 parts, in each notation and each kind of table, on a real Postfix.

import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ManyPartsTests {
  struct Place: CustomTestStringConvertible, Sendable {
    let name: String
    var main = "relayhost = GW1"
    var scope = "outbound"
    var notation: [String] = []
    var isAgents = false
    var recipient = "user@far.example"

    var testDescription: String { name }

    static let all: [Place] =
      [
        Place(name: "in main.cf, by stock Postfix", notation: ["--notation", "stock"]),
        Place(name: "in main.cf, by the agent", notation: ["--notation", "agent"], isAgents: true),
        Place(name: "in a file of the agent's", notation: ["--notation", "file"], isAgents: true),
        Place(name: "in a database", notation: ["--notation", "database"]),
      ]
      + ["hash", "btree", "lmdb", "cdb", "texthash"].map { type in
        Place(
          name: "in a table of type \(type), by the agent",
          main: "relayhost = GW1\ntransport_maps = \(type):$config_directory/transport",
          scope: "to:example.com", notation: ["--notation", "agent"], isAgents: true,
          recipient: "user@example.com")
      }
  }

  @Test(arguments: Place.all)
  func aThousandPartsCarryMail(place: Place) throws {
    let gateways = try SmtpSink.pair()
    let main = place.main.replacing("GW1", with: "\(gateways[0].address)")
    let lab = try PostfixLab(
      main: (place.isAgents ? "# randmap: agent\n" : "") + main,
      files: main.contains("transport_maps") ? ["transport": "other.example smtp:[127.0.0.1]:9\n"] : [:])
    if let type = main.split(separator: " ").last?.split(separator: ":").first,
      main.contains("transport_maps"),
      type != "texthash"
    {
      try runSuccessfully(
        postfixTool("postmap"), ["-c", lab.configDirectory, "\(type):\(lab.configDirectory)/transport"])
    }
    let written = try runRandmap(
      ["pool", place.scope, "\(gateways[0].address)=999", "\(gateways[1].address)=1", "--write", "--force"]
        + place.notation + ["-c", lab.configDirectory],
      environment: ["XDG_STATE_HOME": lab.directory.file("state")])
    #expect(written.status == .exited(0), "\(written.summary)")
    let agent = place.isAgents ? try RunningAgent(beside: lab) : nil
    lab.reload()
    try lab.send(60, to: place.recipient)
    try lab.waitUntilDrained()
    #expect(gateways.map(\.count).reduce(0, +) == 60, "\(lab.log)")
    #expect(lab.deliveries.allSatisfy { $0.status == .sent }, "\(lab.log)")
    try agent?.stop()
  }
}
