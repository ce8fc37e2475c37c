// Calls of the program after `:`, as a message shows them or as a person types them in a shell.

import Editing
import PostfixFiles
import Routing
import Testing

@testable import Console

@Suite struct CallsAfterColonTests {
  init() { #expect(utf8Locale) }

  private func typed(_ text: String, on config: MailConfig = sampleConfig()) -> Driver {
    var driver = Driver.ready(config)
    driver.press(.character(":"), .paste(text))
    return driver
  }

  private func line(_ driver: Driver) -> String {
    if case .prompt(let prompt) = driver.model.dialog { prompt.line.text } else { "" }
  }

  /// The words of a line, as a shell reads them.
  @Test(arguments: [
    ("a  b", ["a", "b"]), ("a '[gw1.example]:587' \"b c\"", ["a", "[gw1.example]:587", "b c"]),
    ("'it'\\''s' it's", ["it's", "it's"]), ("--why='new disk' x\\ y", ["--why=new disk", "x y"]),
    ("a 'still typed", ["a", "still typed"]), ("'[gw1.example]'=70", ["[gw1.example]=70"]),
    ("", []), ("''", [""]),
  ]) func quotesAreThoseOfAShell(line: String, words: [String]) {
    #expect(CommandText(line).words == words)
  }

  @Test(arguments: [
    "randmap set relay_transport '[out-gw1.example]' 1",
    "randmap -c /etc/postfix set relay_transport \"[out-gw1.example]\" 1 --write",
    "randmap set -c /etc/postfix/ relay_transport smtp:[out-gw1.example] 1 --force",
    "sudo randmap set --config-directory=/etc/postfix relay_transport [out-gw1.example] 1 -n",
    "$ randmap set relay_transport [out-gw1.example] 1",
    "set relay_transport '[out-gw1.example]' 1 --write",
  ]) func aCallIsTheCommand(text: String) {
    var driver = typed(text)
    #expect(driver.screen(120, 24).contains("Enter takes it, Esc leaves it"), "\(driver.screen(120, 24))")
    driver.press(.enter)
    #expect(driver.pool("relay_transport").first == "smtp:[out-gw1.example] x1")
    // The console asks before it writes, whatever the call says.
    #expect(driver.writes.isEmpty && driver.checks.isEmpty)
  }

  @Test func aCallForAnotherDirectoryIsRefusedInOneSentence() {
    var driver = typed("randmap -c /etc/postfix-out set relay_transport [out-gw1.example] 1")
    let words = "that is for /etc/postfix-out, and /etc/postfix is open here"
    #expect(driver.screen(160, 24).contains(words), "\(driver.screen(160, 24))")
    driver.press(.enter)
    #expect(!driver.model.facts.session.isEdited && driver.screen(160, 24).contains(words))
    // While it is typed it may still become the right one.
    #expect(typed("randmap -c /etc/po").screen(120, 24).contains("/etc/postfix, which is open here"))
    #expect(!typed("randmap pool -c /etc/postfix").screen(120, 24).contains("that is for"))
  }

  @Test func aPoolOfAMessageIsPastedWhole() {
    var driver = typed(
      "randmap pool -c /etc/postfix outbound '[gw1.example]:587=70' '[gw2.example]:587=30' --write",
      on: oneRelay())
    #expect(driver.screen(120, 24).contains("Enter shows what changes for all mail to the outside"))
    driver.press(.enter)
    #expect(driver.screen(120, 30).contains("30.0%  [gw2.example]:587"), "\(driver.screen(120, 30))")
    driver.press(.escape, .control("c"), .character(":"))
    driver.send(.key(.paste("randmap pool outbound '[gw1.example]' '[gw2.example]' --notation agent")))
    driver.press(.enter)
    #expect(driver.screen(120, 40).contains("randmap:"), "\(driver.screen(120, 40))")
    #expect(typed("pool outbound [a] --notation toml").screen(120, 24).contains("need one of agent, stock"))
  }

  /// What the program calls otherwise, and what the console has no command for.
  @Test func otherNamesLeadToTheSame() {
    for (call, view) in [
      ("pools", PoolsView.title), ("status", GatewaysView.title), ("check", ProblemsView.title),
      ("log", HistoryView.title),
    ] {
      var driver = typed("randmap \(call)")
      driver.press(.enter)
      #expect(driver.model.shownType.title == view, "\(call)")
    }
    var undo = typed("randmap undo")
    undo.press(.enter)
    #expect(undo.effects.contains { if case .previewUndo(nil, _) = $0 { true } else { false } })
    var other = typed("randmap convert --to agent")
    #expect(other.screen(120, 24).contains("the console has no convert: call it in a shell"))
    other.press(.enter)
    #expect(line(other) == "randmap convert --to agent")
  }

  /// What is in quotes is no option.
  @Test func wordsInQuotesStay() {
    let text = CommandText("randmap drain gw2 --why '--force' --write")
    #expect(text.words == ["drain", "gw2", "--why", "--force"])
    #expect(CommandText("drain gw2 --why '-c' x").words == ["drain", "gw2", "--why", "-c", "x"])
    #expect(CommandText("randmap -c '/etc/post fix' pools").directory == "/etc/post fix")
    #expect(CommandText.spelled("[gw1.example]:587") == "[gw1.example]:587")
    #expect(CommandText.spelled("/etc/a b") == "'/etc/a b'")
  }

  @Test func tabCompletesInACallToo() {
    var driver = typed("randmap drain '[store2")
    driver.press(.tab)
    #expect(line(driver) == "randmap drain [store2.example]:24 ")
    driver = typed("randmap -c /etc/postfix set rel")
    driver.press(.tab)
    #expect(line(driver) == "randmap -c /etc/postfix set relay_transport ")
  }

  /// `18:00` and `2h` need no option, and a reason no quotes.
  @Test func aDrainTakesATimeAlone() throws {
    for (text, why) in [
      ("drain [out-gw2.example] 2h", nil), ("drain [out-gw2.example] tomorrow 8:00", nil),
      ("drain [out-gw2.example] tomorrow 18:00 --why new disk", "new disk"),
      ("drain [out-gw2.example] --why new disk --for 2h", "new disk"),
      ("drain [out-gw2.example] --until tomorrow 18:00 --why 'it is old'", "it is old"),
    ] as [(String, String?)] {
      var driver = typed(text)
      driver.press(.enter)
      let member = driver.model.facts.session.current.pool("relay_transport")?.members.last { $0.isDrained }
      #expect(member?.drain?.until != nil && member?.drain?.why == why, "\(text)")
    }
    #expect(typed("drain [out-gw2.example] soon").screen(140, 24).contains("need a time such as 2h, 18:00"))
    #expect(
      typed("drain [out-gw2.example] 2h --until 18:00").screen(140, 24).contains("a time is there already"))
  }
}
