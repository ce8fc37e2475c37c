// `randmap pools` and an edit: a configuration with four times as many pools, or a pool with four times as many members,
// should take four times as long.
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
    try directory.makeDirectory("line\(count)")
    let line = (0..<count).map { "!smtp:[gw\($0).example]" }.joined()
    try directory.write("line\(count)/main.cf", "# randmap: agent\ndefault_transport = randmap:\(line)\n")
    let program = try randmapProgram()
    func contender(_ name: String, _ kind: String, _ call: String...) -> Contender {
      Contender(name: name, program: program, arguments: call + ["-c", directory.file("\(kind)\(count)")])
    }
    contenders += [
      contender("\(count) pools in a table", "table", "pools"),
      contender("a pool of \(count)", "pool", "pools"),
      contender(
        "an edit of one of \(count) in a line", "line", "set", "default_transport", "smtp:[gw7.example]", "3"),
    ]
  }
  let results = try compare(contenders, rounds: 5)
  show("randmap pools", results)
  return [
    Goal(
      what: "four times as many pools, CPU", most: 4.6, value: results[0].processor / results[3].processor,
      unit: " x"),
    Goal(
      what: "a pool of four times as many members, CPU", most: 4.6,
      value: results[1].processor / results[4].processor, unit: " x"),
    Goal(
      what: "an edit in a line of four times as many members, CPU", most: 4.6,
      value: results[2].processor / results[5].processor, unit: " x"),
  ]
}
