// Every key of every view, and every command of the line, pressed in a real terminal: each shows something, and the console
// lives on.

import Glibc
import TestSupport
import TestTraits
import Testing

@testable import Console

@Suite(.waits, .timeLimit(.minutes(10))) struct EveryKeyTests {
  /// A call of each command that takes words. Nothing is written.
  private static let lines: [(name: String, words: String)] = [
    ("add", "relay_transport smtp:[127.0.0.5]:10025 2"),
    ("set", "relay_transport smtp:[127.0.0.2]:10025 3"),
    ("drain", "smtp:[127.0.0.3]:10025 --for 2h"), ("restore", "smtp:[127.0.0.3]:10025"),
    ("ramp", "smtp:[127.0.0.5]:10025 --to 25% --over 4w"),
    ("remove", "relay_transport smtp:[127.0.0.3]:10025"),
    ("set-route", "new.example smtp:[127.0.0.2]:10025"), ("remove-route", "example.net"),
    ("pool", "to:example.org smtp:[127.0.0.2]:10025=70% smtp:[127.0.0.3]:10025=30%"),
    ("route", "u@example.com"), ("what-if", "[127.0.0.2]:10025"),
    ("try-address", "[127.0.0.2]:10025 u@example.com"), ("config", "window 1h"), ("undo", "1"),
    ("output", "/nonexistent/edited"),
  ]

  /// A console on a small configuration, and the file that its editor writes to.
  private struct Scene {
    let directory: TemporaryDirectory
    let console: TerminalSession
    /// What stands for 127.0.0.2 to 127.0.0.5: nothing listens there.
    let gateways: [LoopbackAddress]

    init() throws {
      directory = try TemporaryDirectory()
      gateways = try (0..<4).map { _ in try LoopbackAddress.own() }
      try directory.write(
        "main.cf",
        """
        # randmap: agent
        relay_domains = example.com
        relay_transport = randmap:!smtp:\(gateways[0])!smtp:\(gateways[1])
        transport_maps = texthash:$config_directory/transport

        """)
      try directory.write(
        "transport", "example.net smtp:\(gateways[2])\nexample.info smtp:\(gateways[2])\n")
      try directory.write("editor", "#!/bin/sh\necho >> '\(directory.path)/edited'\n")
      chmod(directory.file("editor"), 0o755)
      console = try openConsole(
        ["-c", directory.path], width: 120, height: 40,
        environment: [
          "VISUAL": directory.file("editor"), "XDG_CONFIG_HOME": directory.file("config"),
          "XDG_STATE_HOME": directory.file("state"),
        ])
      // The second look at the two that are not there comes soon; after the third nothing changes by itself.
      try console.waitFor("what is known") { $0.contains("connection refused") && !$0.contains("unknown") }
    }

    /// `words` with the gateways of this scene.
    func words(_ words: String) -> String {
      gateways.enumerated().reduce(words) { words, gateway in
        words.replacing("[127.0.0.\(gateway.offset + 2)]:10025", with: "\(gateway.element)")
      }
    }

    /// Whether the keys of a view are the last line, no list of keys is in front, and no work is under way: the check before a
    /// write ends with a question, which would take the next key.
    private static func isAtRest(_ screen: String) -> Bool {
      let last = screen.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }
      return last?.contains("? help") == true && !screen.contains("Keys ──")
        && !screen.contains("Esc stops it")
    }

    /// The view in front, and nothing before it.
    func goTo(_ view: Int) throws {
      // What is open may take a few steps to leave.
      for _ in 0..<4 {
        let screen = try console.screen()
        if Self.isAtRest(screen) { break }
        try console.press("Escape")
        try console.waitFor("what Esc leaves") { $0 != screen }
      }
      try console.waitFor("the keys of a view") { Self.isAtRest($0) }
      try console.press("\(view + 1)")
      try console.waitFor("view \(view + 1)") { Self.isAtRest($0) }
    }

    /// A screen without what changes by itself: ages, times of answers, and what the last half hour looked like.
    private static func withoutTimes(_ screen: String) -> String {
      screen.replacing(/[·▁▂▃▄▅▆▇█!x?]{30}/, with: "").replacing(/[ ]*\d+ (s|min|h|ms)\b/, with: "")
    }

    /// Does something, and waits for what it shows.
    func see(_ what: String, _ action: () throws -> Void) throws {
      let before = Self.withoutTimes(try console.screen())
      try action()
      do throws(TestFailure) {
        try console.waitFor("something to show", limit: .seconds(20)) { Self.withoutTimes($0) != before }
      } catch { Issue.record("\(what): \(error)") }
      #expect(try console.exitStatus() == nil, "\(what) ended it")
    }

    func editorCalls() -> Int { ((try? readText(directory.file("edited"))) ?? "").count }
  }

  /// What tmux calls a key.
  private func name(of key: Key) -> String? {
    switch key {
    case .control(let letter): "C-\(letter)"
    case .backTab: "BTab"
    case .delete: "DC"
    case .pageUp: "PageUp"
    case .pageDown: "PageDown"
    case .escape: "Escape"
    case .character: nil
    default: key.label
    }
  }

  private func press(_ key: Key, _ scene: Scene) throws {
    if let name = name(of: key) {
      try scene.console.press(name)
    } else {
      try scene.console.type(key.label)
    }
  }

  @Test func eachKeyOfEachViewShowsSomething() throws {
    let scene = try Scene()
    for (index, view) in ViewList.all.enumerated() {
      // Those that work everywhere are pressed in one view each, in turn.
      let common = Binding.common.enumerated().filter { $0.offset % ViewList.all.count == index }
      for binding in view.keys + view.filterKeys + common.map(\.element)
      where !["quit", "clear", view.title.lowercased()].contains(binding.command) && binding.group != .move {
        for key in binding.keys {
          try scene.goTo(index)
          let what = "\(key.label) (\(binding.command)) in \(view.title)"
          if binding.command == "open" {
            let before = scene.editorCalls()
            try press(key, scene)
            try waitUntil("an editor, or why there is none") { () throws(TestFailure) in
              if scene.editorCalls() > before { return true }
              return try scene.console.screen().contains("open: ")
            }
          } else {
            try scene.see(what) { try press(key, scene) }
          }
        }
      }
    }
    try leave(scene)
  }

  @Test func eachMovingKeyMoves() throws {
    let scene = try Scene()
    for binding in Binding.common where binding.group == .move {
      for key in binding.keys {
        try scene.goTo(2)
        // From where there is a way.
        let isUp = ["up", "page-up", "first"].contains(binding.command)
        try scene.console.press(isUp ? "End" : "Home")
        try scene.console.waitFor("the row to begin at") { screen in
          screen.split(separator: "\n").contains {
            $0.hasPrefix("▸") && $0.contains(isUp ? "example.info" : "relay_transport")
          }
        }
        try scene.see("\(key.label) (\(binding.command))") { try press(key, scene) }
      }
    }
    try leave(scene)
  }

  @Test func eachCommandOfTheLineDoesSomething() throws {
    #expect(Set(Self.lines.map(\.name)) == Set(LineCommand.all.map(\.name)))
    let scene = try Scene()
    for line in Self.lines {
      try scene.goTo(0)
      let before = try scene.console.screen()
      let typed = ":\(line.name) \(scene.words(line.words))"
      try scene.console.type("\(typed)\r")
      let screen = try scene.console.waitFor("an answer to \(typed)") { $0 != before && !$0.contains(typed) }
      #expect(!screen.contains("no such command") && !screen.contains("need \(line.name)"), "\(screen)")
    }
    for binding in Binding.all
    where !["quit", "clear", "open"].contains(binding.command) && binding.group != .move {
      let view = ViewList.all.firstIndex { binding.works(in: $0) } ?? 0
      // Its own view is in front already.
      let other =
        binding.command == ViewList.all[view].title.lowercased() ? (view + 1) % ViewList.all.count : view
      try scene.goTo(other)
      try scene.see(":\(binding.command)") { try scene.console.type(":\(binding.command)\r") }
    }
    try leave(scene)
  }

  private func leave(_ scene: Scene) throws {
    try scene.goTo(0)
    try scene.console.press("q")
    try waitUntil("the question, or the end") { () throws(TestFailure) in
      if try scene.console.exitStatus() != nil { return true }
      return try scene.console.screen().contains("Leave with")
    }
    if try scene.console.exitStatus() == nil { try scene.console.press("y") }
    #expect(try scene.console.waitForExit() == .exited(0))
  }
}

@Suite struct EveryKeyAtOnceTests {
  init() { #expect(utf8Locale) }

  /// In the console as a value no time passes: what is seen, or asked for, comes from the key.
  @Test func eachKeyOfEachViewDoesOrSaysSomething() {
    for (index, view) in ViewList.all.enumerated() {
      for binding in view.keys + view.filterKeys + Binding.common
      where !["clear", view.title.lowercased()].contains(binding.command) && binding.group != .move {
        for key in binding.keys {
          var driver = Driver.ready(diagnostics: { _ in twoProblems })
          driver.press(.character(Character("\(index + 1)")))
          let before = driver.screen(120, 40)
          driver.effects = []
          driver.press(key)
          #expect(
            driver.screen(120, 40) != before || !driver.effects.isEmpty,
            "\(key.label) (\(binding.command)) in \(view.title)")
        }
      }
    }
  }
}
