// What is said to be overridden is never where the resolver leads, in configurations that nobody would write.
// RANDMAP_ORACLE_CONFIGURATIONS sets how many (`make oracle`: thousands).
import PostfixFiles
import Routing
import System
import TestSupport
import Testing

@Suite struct OverridingPropertyTests {
  private static let own: [RoutingParameter] = [
    .defaultTransport, .relayTransport, .localTransport, .virtualTransport, .relayhost,
  ]

  /// Values that answer everybody, or nearly so: of the generator's own few do.
  private static let maps: [(RoutingParameter, [String])] = [
    (
      .transportMaps,
      [
        "inline:{{own.test = :}, {* = smtp:[x]}}", "inline:{{.a.test = :}, {* = :[x]}}",
        "inline:{{user@a.test = :}}, static:smtp:[x]",
        "inline:{{a.test = :}, {rel.test = :}, {* = smtp:[x]}}",
        "regexp:{{/^user@/ :}, {/./ smtp:[x]}}", "randmap:{smtp:[x], :[y]}", "inline:{{* = :}}",
      ]
    ),
    (
      .senderTransportMaps,
      [
        "static:smtp:[x]", "randmap:{smtp:[x], smtp:}", "inline:{user@a.test=DUNNO}, static:smtp:[x]",
        "regexp:{{/./ smtp:[x]}}", "inline:{@a.test=smtp:[x]}",
      ]
    ),
    (
      .senderRelayhostMaps,
      ["static:[x]", "inline:{@a.test=DUNNO}, static:[x]", "inline:{user@a.test=DUNNO}, static:[x]"]
    ),
  ]

  @Test func noMailComesToWhatIsOverridden() {
    var seeds = SeededGenerator(seed: 20_141_129)
    let count = (environmentVariable("RANDMAP_ORACLE_CONFIGURATIONS").flatMap { Int($0) } ?? 400) / 2
    var overridden = 0
    for _ in 0..<count {
      let seed = seeds.next()
      var generator = ConfigurationGenerator(seed: seed)
      var sample = generator.configuration(queueDirectory: "/queue")
      // Each setting has a gateway that nothing else names.
      for parameter in Self.own where !generator.dice.once(in: 3) {
        let hop = "[\(parameter.rawValue).only]"
        sample.settings.append((parameter.rawValue, parameter == .relayhost ? hop : "smtp:\(hop)"))
      }
      for (parameter, values) in Self.maps where !generator.dice.once(in: 3) {
        sample.settings.append((parameter.rawValue, generator.dice.pick(values)))
      }
      sample.overrides.removeAll { RoutingParameter(rawValue: $0.name) != nil }
      let config = config(sample)
      // Its text in another value is a gateway of that other one.
      let quoted = Self.own.filter { parameter in
        ["$\(parameter.rawValue)", "{\(parameter.rawValue)", "(\(parameter.rawValue)"].contains { reference in
          sample.settings.contains { $0.1.contains(reference) }
        }
      }
      let pools = config.pools().filter {
        $0.overrider != nil && Self.own.contains(where: $0.isOf) && !quoted.contains(where: $0.isOf)
      }
      if pools.isEmpty { continue }
      overridden += pools.count
      let resolver = Routing.Resolver(config, context: RouteContext(isCopy: true))
      for _ in 0..<40 {
        let answer = resolver.route(
          Names.recipient(&generator.dice), from: Names.sender(&generator.dice))
        let hops = answer.outcomes.compactMap { outcome -> String? in
          if case .destination(_, let hop) = outcome.value { hop.text } else { nil }
        }
        for pool in pools where hops.contains("[\(pool.id).only]") {
          Issue.record("seed \(seed): \(pool.id): \(answer.summary)\n\(sample.description)")
        }
      }
    }
    #expect(overridden > count / 6)
  }

  private func config(_ sample: SampleConfiguration) -> MailConfig {
    let directory = "/nonexistent/etc"
    var config = MailConfig(
      directory: directory, environment: Environment(hostName: "lab.randmap.test"), main: sample.mainCf,
      master: sample.masterCf + "smtp unix - - n - - smtp\n")
    for (name, text) in sample.files {
      let path = "\(directory)/\(name)"
      config.files[path] = .read(Document(path: path, bytes: Bytes(text.utf8)))
    }
    return config
  }
}

extension Pool {
  fileprivate func isOf(_ parameter: RoutingParameter) -> Bool { place == .parameter(parameter) }
}
