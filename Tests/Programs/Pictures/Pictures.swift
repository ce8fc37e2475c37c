// `make pictures`: the pictures of the documentation, taken from the program as it is. It runs on a machine of its own
// with real gateways, in a real terminal.

import TestSupport

@main
struct Pictures {
  static func main() throws {
    guard let folder = CommandLine.arguments.dropFirst().first else {
      throw TestFailure("need the directory for the pictures")
    }
    let machine = try IsolatedMachine()
    try machine.write(
      "/etc/postfix/main.cf",
      """
      # randmap: agent
      myhostname = mx.here.example
      compatibility_level = 3.6
      relay_domains = example.com, example.org
      relay_transport = randmap:!relay:[in1.example]!relay:[in1.example]!relay:[in2.example]
      default_transport = randmap:/etc/postfix/outbound

      """)
    try machine.write(
      "/etc/postfix/outbound",
      """
      smtp:[gw1.example]:587
      smtp:[gw1.example]:587
      smtp:[gw1.example]:587
      smtp:[gw1.example]:587
      smtp:[gw2.example]:587
      smtp:[gw2.example]:587
      smtp:[gw3.example]:587
      # randmap: drained smtp:[gw4.example]:587 x2

      """)
    let gateways = ["gw1.example 587", "gw2.example 587", "in1.example 25", "in2.example 25 -f CONNECT"]
    for gateway in gateways {
      let finished = try machine.run("gateway up \(gateway)")
      guard finished.status == .exited(0) else { throw TestFailure(finished.summary) }
    }
    // The agent makes this notation true.
    let agent = try machine.run(
      "postfix start; setsid randmap agent < /dev/null > agent.log 2>&1 & "
        + "for try in {1..200}; do grep -q 'listening on' agent.log && exit; sleep 0.05; done; cat agent.log; exit 1"
    )
    guard agent.status == .exited(0) else { throw TestFailure(agent.summary) }
    let (width, height) = (100, 26)
    let console = try machine.terminal("randmap --theme dark", width: width, height: height)
    for (name, key, words, title) in [
      ("gateways", "1", "LAST 30 MIN", "The gateways, with the state and the share of each"),
      ("pools", "2", "default_transport", "The pools, with weights and shares"),
    ] {
      try console.press(key)
      try console.waitFor(words)
      try console.waitUntilGone("unknown")
      let picture = ScreenPicture(try console.colouredScreen(), columns: width)
      try writeFile("\(folder)/\(name).svg", picture.svg(title: "randmap: " + title))
      print("\(folder)/\(name).svg\n\(try console.screen())")
    }
  }
}
