// The settings: what is taken, what is refused in one sentence, and what each of them changes.

import PostfixFiles
import System
import TestSupport
import Testing

@testable import Checks
@testable import Console

@Suite struct SettingsTests {
  init() { #expect(utf8Locale) }

  /// With RANDMAP_UPDATE_DOCS the rows are written there.
  @Test func theManualHasTheTableOfTheSettings() throws {
    let path = sampleDirectory("").replacing("/samples/", with: "/docs/console.md")
    let lines = try readText(path).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let start = try #require(lines.firstIndex(of: "| setting | default | values | what it does |")) + 2
    let end = try #require(lines[start...].firstIndex { $0.hasPrefix("| `bind.KEY`") })
    if environmentVariable("RANDMAP_UPDATE_DOCS") != nil {
      try writeFile(path, (lines[..<start] + Setting.rows + lines[end...]).joined(separator: "\n"))
    } else {
      #expect(Array(lines[start..<end]) == Setting.rows)
    }
  }

  private func driver(_ assignments: (String, String)...) throws -> Driver {
    var settings = Settings()
    for (name, value) in assignments { try settings.set(name, to: value) }
    var driver = Driver.ready()
    driver.model.facts.settings = settings
    driver.model.facts.window = settings.window
    return driver
  }

  // MARK: Values

  @Test func everySettingTakesItsOwnValueAgainAndWhatCompletionOffers() throws {
    for setting in Setting.allCases {
      var settings = Settings()
      for value in [settings[setting]] + setting.choices {
        try settings.set(setting.rawValue, to: value)
        #expect(settings[setting] == value)
      }
    }
  }

  @Test(arguments: [
    (
      "colour", "dark",
      "no setting \"colour\"; the settings are theme, ascii, mouse, title, tour, window, slow-line, confirm.remove, production, bind.KEY"
    ),
    ("mouse", "maybe", "mouse: need yes or no, not \"maybe\""),
    ("window", "2h", "window: need 15m, 1h or 1d, not \"2h\""),
    ("theme", "", "theme: need a name such as dark, or a path, not \"\""),
    ("production", "yes mx1.example", "production: need no, yes, or names of hosts, not \"yes mx1.example\""),
    (
      "bind.F99", "drain",
      "bind.F99: no such key; need one character, or a name such as F5, Ctrl-R or PgDn"
    ),
    ("bind.q", "drain", "bind.q: this key cannot be changed; need another key"),
    ("bind.=", "drain", "bind.=: this key cannot be changed; need another key"),
    (
      "bind.z", "fly",
      "bind.z: no command \"fly\"; need none, or one that ? shows, such as probe-all"
    ),
    ("theme", "dark\nmouse = no", "theme: need a value in one line, without control characters"),
  ])
  func whatIsWrongIsSaidInOneSentence(name: String, value: String, words: String) {
    var settings = Settings()
    #expect(throws: SettingError(description: words)) { try settings.set(name, to: value) }
    #expect(settings == Settings())
  }

  // MARK: The file

  @Test func theFileIsReadWithItsLinesAndChangedLineByLine() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("config", "# mine\ntheme = dark\nmouse = no\ntheme = light\n")
    var file = try SettingsFile(path)
    #expect(file.settings.theme == "light" && !file.settings.mouse)
    #expect(file.lines == ["theme": 4, "mouse": 3])
    try file.set("theme", to: "high-contrast")
    try file.set("bind.F5", to: "probe-all")
    #expect(try readText(path) == "# mine\nmouse = no\ntheme = high-contrast\nbind.F5 = probe-all\n")
    try file.set("mouse", to: nil)
    #expect(try readText(path) == "# mine\ntheme = high-contrast\nbind.F5 = probe-all\n")
    #expect(file.settings.mouse)
    #expect(throws: SettingError.self) { try file.set("mouse", to: "perhaps") }
    #expect(try readText(path) == "# mine\ntheme = high-contrast\nbind.F5 = probe-all\n")
  }

  @Test func aKeyIsOneSettingHoweverItsNameIsWritten() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("config", "bind.f5 = probe-all\nbind.ctrl-r = none\n")
    var file = try SettingsFile(path)
    #expect(file.lines == ["bind.F5": 1, "bind.Ctrl-R": 2])
    try file.set("bind.F5", to: "undo")
    #expect(try readText(path) == "bind.F5 = undo\nbind.ctrl-r = none\n")
    try file.set("bind.CTRL-R", to: nil)
    #expect(try readText(path) == "bind.F5 = undo\n")
  }

  @Test func aFileThatIsNotThereIsMadeWithItsDirectories() throws {
    let directory = try TemporaryDirectory()
    var file = try SettingsFile(directory.file("a/b/config"))
    #expect(!file.isThere && file.settings == Settings())
    try file.set("title", to: "no")
    #expect(try readText(directory.file("a/b/config")) == "title = no\n")
  }

  @Test func aMistakeInTheFileIsNamedWithItsLine() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("config", "theme = dark\n\nmouse = on\n")
    #expect(throws: SettingError(description: "\(path):3: mouse: need yes or no, not \"on\"")) {
      try SettingsFile(path)
    }
    let other = try directory.write("other", "theme dark\n")
    #expect(throws: SettingError(description: "\(other):1: need \"name = value\"")) {
      try SettingsFile(other)
    }
  }

  // MARK: Keys

  @Test func aBoundKeyDoesWhatItIsBoundToAndTheHelpShowsIt() throws {
    var driver = try driver(("bind.F5", "probe-all"), ("bind.P", "none"))
    driver.press(.character("P"))
    #expect(!driver.effects.contains { if case .probe = $0 { true } else { false } })
    driver.press(.function(5))
    #expect(driver.effects.contains { if case .probe(nil) = $0 { true } else { false } })
    driver.press(.character("?"))
    driver.type("all gateways")
    #expect(driver.screen(120, 40).contains("F5"))
  }

  @Test func aKeyThatIsBoundElsewhereSaysWhere() throws {
    var driver = try driver(("bind.F5", "probe"))
    driver.press(.character("3"), .function(5))
    #expect(driver.screen(80, 24).contains("probe: not in Routes"))
  }

  // MARK: The others

  @Test func aRemovalIsNotAskedAboutWhereThatIsSet() throws {
    var driver = try driver(("confirm.remove", "no"))
    driver.press(.character("2"), .character("x"))
    #expect(driver.pool("relay_transport") == ["smtp:[out-gw2.example] x1", "smtp:[out-gw3.example] x1"])
    driver.press(.character("u"))
    #expect(driver.pool("relay_transport").count == 3)
  }

  @Test func productionAsksForTheNameBeforeAWrite() throws {
    var driver = try driver(("production", "MX1.example, mx2.example"))
    #expect(driver.screen(80, 24).hasPrefix(" PRODUCTION"))
    driver.press(.character("2"), .character("+"), .character("w"), .character("y"))
    #expect(driver.writes.isEmpty)
    #expect(driver.screen(80, 24).contains("Name of this host:"))
    driver.type("mx2.example")
    driver.press(.enter)
    #expect(driver.writes.isEmpty)
    driver.press(.control("u"))
    driver.type("mx1.example")
    #expect(driver.screen(80, 24).contains("Enter writes"))
    driver.press(.enter)
    #expect(driver.writes.count == 1)
  }

  @Test func productionIsLeftByEscAndIsNoMatterElsewhere() throws {
    var driver = try driver(("production", "yes"))
    driver.press(.character("2"), .character("+"), .character("w"), .character("y"), .escape)
    #expect(driver.screen(80, 24).contains("left as it is"))
    driver.press(.character("w"), .character("y"))
    driver.type("mx1.example")
    driver.press(.enter)
    #expect(driver.writes.count == 1)
    var other = try self.driver(("production", "mx7.example"))
    other.press(.character("2"), .character("+"), .character("w"), .character("y"))
    #expect(other.writes.count == 1)
  }

  @Test func theConsoleChangesASetting() throws {
    var driver = Driver.ready()
    driver.press(.character(":"))
    driver.type("config window 3h")
    #expect(driver.screen(80, 24).contains("need 15m, 1h or 1d"))
    driver.press(.control("w"), .control("w"))
    driver.type("w")
    driver.press(.tab)
    driver.type("1d")
    #expect(driver.screen(120, 40).contains("Enter sets it for you"))
    driver.press(.enter)
    #expect(driver.model.facts.window == .day)
    let kept = driver.effects.compactMap {
      if case .tryOut(let change) = $0, change.isKept { [change.name, change.value] } else { nil }
    }
    #expect(kept == [["window", "1d"]])
  }

  @Test func aDemonstrationKeepsNoSetting() {
    var driver = Driver.ready(isDemo: true)
    driver.press(.character(":"))
    driver.type("config theme dark")
    driver.press(.enter)
    #expect(!driver.effects.contains { if case .tryOut(let change) = $0 { change.isKept } else { false } })
    #expect(driver.screen(80, 24).contains("the demonstration keeps no settings"))
  }
}
