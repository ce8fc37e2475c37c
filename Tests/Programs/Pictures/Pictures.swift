// `make pictures`: the pictures of the documentation, taken from the program as it is. It runs on machines of its own
// with real gateways, in a real terminal.

import TestSupport

@main
struct Pictures {
  private static let (width, height) = (100, 26)

  static func main() throws {
    guard let folder = CommandLine.arguments.dropFirst().first else {
      throw TestFailure("need the directory for the pictures")
    }
    try takeViews(into: folder)
    try takeDialogue(into: folder)
  }

  private static func take(
    _ console: TerminalSession, _ name: String, into folder: String, title: String
  ) throws {
    let picture = ScreenPicture(try console.colouredScreen(), columns: width)
    try writeFile("\(folder)/\(name).svg", picture.svg(title: "randmap: " + title))
    print("\(folder)/\(name).svg\n\(try console.screen())")
  }

  private static func run(_ command: String, on machine: IsolatedMachine) throws {
    let finished = try machine.run(command)
    guard finished.status == .exited(0) else { throw TestFailure("\(command): \(finished.summary)") }
  }

  /// Two pools, with a gateway in each state.
  private static func takeViews(into folder: String) throws {
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
    let weights = [("gw1", 4), ("gw2", 2), ("gw3", 1)]
    let members = weights.map { String(repeating: "smtp:[\($0).example]:587\n", count: $1) }.joined()
    try machine.write(
      "/etc/postfix/outbound", members + "# randmap: drained smtp:[gw4.example]:587 x2\n")
    for gateway in ["gw1.example 587", "gw2.example 587", "in1.example 25", "in2.example 25 -f CONNECT"] {
      try run("gateway up \(gateway)", on: machine)
    }
    // Something for the history.
    try run(
      "randmap set relay_transport relay:[in2.example] 2 --write > /dev/null && randmap undo > /dev/null",
      on: machine)
    // The agent makes this notation true.
    try run("postfix start; setsid randmap agent < /dev/null > agent.log 2>&1 &", on: machine)
    try run(
      "for try in {1..200}; do grep -q 'listening on' agent.log && exit; sleep 0.05; done; cat agent.log; exit 1",
      on: machine)
    let console = try machine.terminal("randmap --theme dark", width: width, height: height)
    for (name, key, words, title) in [
      ("gateways", "1", "LAST 30 MIN", "The gateways, with the state and the share of each"),
      ("pools", "2", "default_transport", "The pools, with weights and shares"),
    ] {
      try console.press(key)
      try console.waitFor(words)
      try console.waitUntilGone("unknown")
      // What the agent says comes before the own probes.
      try console.waitUntilGone("not probed yet")
      try take(console, name, into: folder, title: title)
    }
    try takeThemes(console, into: folder)
  }

  /// Every view in every theme, with an edit that is not written.
  private static func takeThemes(_ console: TerminalSession, into folder: String) throws {
    // A pool is a heading with its members below.
    try console.press("2", "Home", "Down", "+")
    try console.waitFor("unwritten edit") { $0.contains("5 Changes 1") }
    for theme in ScreenPicture.themes {
      try console.type(":config theme \(theme)\r")
      try console.waitFor("theme = \(theme)")
      for (index, view) in ScreenPicture.views.enumerated() {
        // Through another one, so that no notice is left.
        try console.press("\((index + 1) % ScreenPicture.views.count + 1)", "\(index + 1)")
        let words = ["LAST 30 MIN", "WEIGHT", "PARAMETER OR KEY", "RM", "@@", "WHO"][index]
        try console.waitFor("\(view)") { $0.contains(words) && !$0.contains("theme =") }
        try take(
          console, "\(theme)-\(view)", into: "\(folder)/themes", title: "\(view) in the theme \(theme)")
      }
    }
  }

  /// From one relay to two: the last step before the write.
  private static func takeDialogue(into folder: String) throws {
    let machine = try IsolatedMachine()
    try machine.write(
      "/etc/postfix/main.cf",
      "myhostname = mx.here.example\ncompatibility_level = 3.6\nrelayhost = [gw1.example]:587\n")
    for name in ["gw1", "gw2"] { try run("gateway up \(name).example 587", on: machine) }
    let console = try machine.terminal("randmap --theme dark", width: width, height: height)
    try console.waitFor("[gw1.example]:587")
    try console.press("n")
    try console.waitFor("all mail to the outside")
    try console.press("Enter")
    try console.waitFor("this is how it is today")
    try console.type("[gw2.example]:587")
    try console.waitFor("up  ")
    try console.type("=30%")
    try console.waitFor("70.0%")
    try console.press("Enter")
    try console.waitFor("Where mail goes")
    try console.waitUntilGone("checking")
    try console.waitUntilGone("not probed yet")
    try take(console, "sharing", into: folder, title: "What a second relay would change")
  }
}
