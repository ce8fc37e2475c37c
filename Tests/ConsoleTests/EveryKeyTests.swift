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

    init() throws {
      directory = try TemporaryDirectory()
      try directory.write(
        "main.cf",
        """
        # randmap: agent
        relay_domains = example.com
        relay_transport = randmap:!smtp:[127.0.0.2]:10025!smtp:[127.0.0.3]:10025
        transport_maps = texthash:$config_directory/transport

        """)
      try directory.write(
        "transport", "example.net smtp:[127.0.0.4]:10025\nexample.info smtp:[127.0.0.4]:10025\n")
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

    /// The view in front, and nothing before it.
    func goTo(_ view: Int) throws {
      // What is open may take a few steps to leave.
      for _ in 0..<4 {
        let screen = try console.waitFor("a screen at rest") { _ in true }
        if screen.contains("? help") && !screen.contains("Keys ──") { break }
        try console.press("Escape")
        try console.waitFor("what Esc leaves") { $0 != screen }
      }
      try console.press("\(view + 1)")
      try console.waitFor("view \(view + 1)") { $0.contains("q quit") }
    }

    /// Does something, and waits for what it shows.
    func see(_ what: String, _ action: () throws -> Void) throws {
      let before = try console.screen()
      try action()
      do throws(TestFailure) {
        try console.waitFor("something to show", limit: .seconds(20)) { $0 != before }
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
      try scene.console.type(":\(line.name) \(line.words)\r")
      let screen = try scene.console.waitFor("an answer to :\(line.name)") {
        $0 != before && !$0.contains(":\(line.name) \(line.words)")
      }
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
