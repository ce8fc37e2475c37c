// `randmap pools`: a configuration with four times as many pools, or a pool with four times as many members, should
// take four times as long.
import TestSupport

func measurePools() throws -> [Goal] {
  let directory = try TemporaryDirectory()
  let few = 5_000
  var contenders: [Contender] = []
  for count in [4 * few, few] {
    try directory.makeDirectory("table\(count)")
    try directory.write(
      "table\(count)/main.cf", "transport_maps = texthash:\(directory.file("table\(count)/t"))\n")
    try directory.write(
      "table\(count)/t",
      (0..<count).map { "d\($0).example randmap:!smtp:[a\($0).example]!smtp:[b\($0).example]\n" }.joined())
    try directory.makeDirectory("pool\(count)")
    let members = (0..<count).map { "  !smtp:[gw\($0).example]\n" }.joined()
    try directory.write("pool\(count)/main.cf", "# randmap: agent\ndefault_transport = randmap:\n\(members)")
    for kind in ["table", "pool"] {
      contenders.append(
        Contender(
          name: kind == "table" ? "\(count) pools in a table" : "a pool of \(count)",
          program: try randmapProgram(), arguments: ["pools", "-c", directory.file("\(kind)\(count)")]))
    }
  }
  let results = try compare(contenders, rounds: 5)
  show("randmap pools", results)
  return [
    Goal(
      what: "four times as many pools, CPU", most: 4.6, value: results[0].processor / results[2].processor,
      unit: " x"),
    Goal(
      what: "a pool of four times as many members, CPU", most: 4.6,
      value: results[1].processor / results[3].processor, unit: " x"),
  ]
}
