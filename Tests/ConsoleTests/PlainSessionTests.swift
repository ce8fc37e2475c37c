// The console line by line: what is typed, and what is said to it.

import Gateways
import PostfixFiles
import Testing

@testable import Checks
@testable import Console

/// A session with the answers that its effects ask for, given at once.
private struct Talk {
  var session: PlainSession
  var said: [String] = []
  var effects: [Effect] = []

  init(isDemo: Bool = false) {
    session = PlainSession(
      Driver.ready(isDemo: isDemo, symbols: .words, diagnostics: { _ in twoProblems }).model)
    // How the gateways are comes first.
    take(session.take(.wake, now: .now))
  }

  /// - Returns: what is said to the line.
  @discardableResult
  mutating func type(_ line: String) -> [String] {
    said = []
    take(session.take(line: line, now: .now))
    return said
  }

  mutating func take(_ answer: PlainSession.Answer) {
    said += answer.said
    for effect in answer.effects {
      effects.append(effect)
      switch effect {
      case .survey(let config, _, _):
        take(session.take(.message(.gateways(config.gateways())), now: .now))
        take(session.take(.message(.diagnostics(twoProblems)), now: .now))
      case .findProblems: take(session.take(.message(.diagnostics(twoProblems)), now: .now))
      case .checkWrite(let request):
        take(session.take(.message(.checked(CheckAnswer(to: request))), now: .now))
      case .workOut(let work): take(session.take(.message(.workedOut(work())), now: .now))
      default: break
      }
    }
  }
}

@Suite struct PlainSessionTests {
  init() { #expect(utf8Locale) }

  /// As it is typed in the console with a screen.
  @Test func aColonBeforeACommandIsNoPartOfIt() {
    var talk = Talk()
    #expect(talk.type(":pools").first?.hasPrefix("Pools: ") == true)
    #expect(talk.type(":nosuch") == ["no command \"nosuch\""])
  }

  /// Any number may be typed.
  @Test(arguments: [Int.max, Int.max - 1, 1_000_000, 0, -1, Int.min])
  func aListFromAnyRowIsAList(number: Int) {
    var talk = Talk()
    talk.type("pools")
    let all = talk.type("list")
    #expect(all.count > 1)
    let said = talk.type("list \(number)")
    #expect(number > 0 ? said.count == 1 && said[0].hasPrefix("there is no row \(number): ") : said == all)
    #expect(talk.type("list \(all.count)").first == all.last)
    #expect(talk.type("\(number)").count == 1)
  }

  @Test func eachRowIsNamesAndValuesWithTheStateFirst() {
    var talk = Talk()
    #expect(
      talk.type("list").map { $0.replacing(/for \d+ min/, with: "for 3 min") } == [
        "1: state: up; gateway: [out-gw1.example]:25; share of mail: 33.3%; milliseconds: 12",
        "2: state: up; gateway: [out-gw2.example]:25; share of mail: 8.3%; milliseconds: 12",
        "3: state: down for 3 min; gateway: [out-gw3.example]:25; share of mail: 8.3%; why: connection refused",
        "4: state: up; gateway: [store1.example]:24; share of mail: 16.7%; milliseconds: 12",
        "5: state: refused for 3 min; gateway: [store2.example]:24; share of mail: 16.7%; milliseconds: 12; why: refuses us: 554 not you",
        "6: state: up; gateway: [in-gw1.example]:25; share of mail: 16.7%; milliseconds: 12",
      ])
    #expect(
      talk.type("problems") == [
        "Problems: 2 rows",
        "1: error: the text before the first colon is taken for the name of a transport; need smtp:[in-gw1.example]:25; "
          + "rule: RM201; place: transport line 2",
        "2: warning: both members have one address; rule: RM801; place: main.cf line 8",
      ])
    #expect(talk.type("status").first?.hasPrefix("gateways: 4 up, 1 refused, 1 down; ") == true)
  }

  @Test func anEditIsMadeShownTakenBackAndWritten() {
    var talk = Talk()
    talk.type("pools")
    #expect(talk.session.prompt == "pools> ")
    #expect(
      talk.type("3").first
        == "3: member: smtp:[out-gw2.example]; weight: 1; share: 25.0%; state: up; pool: relay_transport")
    #expect(talk.type("more") == ["set smtp:[out-gw2.example] of relay_transport to weight 2"])
    #expect(talk.type("undo") == ["undone: set smtp:[out-gw2.example] of relay_transport to weight 2"])
    #expect(talk.type("undo").last == "undo: there is no edit (W undoes the last write)")
    talk.type("set relay_transport [out-gw2.example] 3")
    let question = talk.type("write")
    #expect(question.contains("+        !smtp:[out-gw2.example]"))
    #expect(
      question.last == "answer write anyway, or no"
        || question.last == "answer write, or write and reload, or no"
        || question.last?.hasPrefix("answer write") == true)
    #expect(talk.session.prompt == "answer: ")
    #expect(talk.type("what").last == "left as it is")
    #expect(!talk.effects.contains { if case .write = $0 { true } else { false } })
    talk.type("write")
    talk.type("yes")
    #expect(talk.effects.contains { if case .write = $0 { true } else { false } })
  }

  @Test func aQuestionTakesItsAnswerFromTheNextLine() {
    var talk = Talk()
    talk.type("pools")
    talk.type("2")
    #expect(talk.type("weight").last?.hasPrefix("a whole number from 1") == true)
    #expect(talk.session.prompt == "Weight of smtp:[out-gw1.example]: ")
    #expect(talk.type("0").last?.hasPrefix("need a whole number") == true)
    #expect(talk.type("5").last == "set smtp:[out-gw1.example] of relay_transport to weight 5")
    talk.type("weight")
    talk.type("")
    #expect(talk.session.prompt == "pools> ")
  }

  /// The answer shows another view, whose rows are said.
  @Test func theEditsAreSaidBeforeOneLeaves() {
    var talk = Talk()
    talk.type("drain [out-gw1.example]:25")
    let question = talk.type("quit")
    #expect(question.first?.hasPrefix("Leave with 1 edit unwritten? drain ") == true, "\(question)")
    let shown = talk.type("show them")
    #expect(shown.contains { $0.hasPrefix("Changes: ") } && shown.contains { $0.hasPrefix("+") }, "\(shown)")
    #expect(talk.session.prompt == "changes> ")
  }

  /// There is no clipboard: the text itself is said, by the terminal.
  @Test func aCopyIsSaidAndTheOrderToo() {
    var talk = Talk()
    #expect(!talk.type("copy").contains { $0.contains("clipboard") })
    #expect(talk.effects.contains { if case .copy("[out-gw1.example]:25") = $0 { true } else { false } })
    #expect(talk.type("sort").first == "sorted by state")
    #expect(talk.type("reverse").first == "sorted by state, reversed")
  }

  /// No sign, and nothing by its place alone.
  @Test func answersAreNamesAndValues() {
    var talk = Talk()
    let route = talk.type("route u@example.com")
    #expect(route.first == "recipient: u@example.com; sender: the null sender")
    #expect(route.contains("share: 100.0%; destination: smtp:[in-gw1.example]; state: up"), "\(route)")
    #expect(route.contains { $0.hasPrefix("decided by: transport_maps; place: ") }, "\(route)")
    let answer = talk.type("what-if [out-gw1.example]:25")
    #expect(
      answer.contains {
        $0.hasPrefix("gateway: [out-gw2.example]:25; share now: ") && $0.contains("share then: ")
      },
      "\(answer)")
    talk.type("gateways")
    talk.type("1")
    let detail = talk.type("detail")
    #expect(detail.contains("address: 192.0.2.1; up; 12 ms"), "\(detail)")
    let preview = talk.type("pool virtual_transport lmtp:[store1.example]:24=3 lmtp:[store2.example]:24=1")
    #expect(
      preview.contains(
        "member: lmtp:[store2.example]:24; share: 25.0%; state: refused; refuses us: 554 not you"),
      "\(preview)")
    #expect(!preview.contains { $0.hasPrefix("! ") || $0.hasPrefix("~ ") })
  }

  @Test func anAddressAndAPoolAreAnsweredInLines() {
    var talk = Talk()
    let route = talk.type("route u@example.com")
    #expect(route.contains { $0.contains("100.0%") && $0.contains("smtp:[in-gw1.example]") }, "\(route)")
    #expect(talk.session.prompt == "gateways> ")
    let preview = talk.type("pool virtual_transport lmtp:[store1.example]:24=3 lmtp:[store2.example]:24=1")
    #expect(preview.last == "answer write, or keep, or no", "\(preview)")
    #expect(talk.type("keep").contains { $0.hasPrefix("share ") || $0.contains("virtual_transport") })
    #expect(talk.session.unwrittenCount == 1)
  }

  @Test func aChangeOfStateIsOneLineWithItsWordsFirst() {
    var talk = Talk()
    var driver = Driver(sampleConfig())
    driver.model = talk.session.model
    for _ in 1...3 { driver.probe(.host("out-gw2.example", port: 25), .connectionRefused) }
    let gateway = Gateway.host("out-gw2.example", port: 25)
    guard let status = driver.model.facts.statuses[gateway] else { return }
    talk.said = []
    talk.take(talk.session.take(.message(.status(status)), now: .now))
    #expect(talk.said == ["down: [out-gw2.example]:25: connection refused"])
  }

  @Test func whatIsWrongIsSaidAndNothingIsDone() {
    var talk = Talk()
    #expect(talk.type("fly").first?.hasPrefix("no ") == true)
    #expect(talk.type("99") == ["there is no row 99: 6 rows"])
    #expect(talk.type("drain [nowhere.example]").first?.contains("no pool has") == true)
    // The beginning of a name is no name in a whole line.
    #expect(talk.type("drain [out-gw1.exam").first?.contains("no pool has") == true)
    #expect(talk.session.unwrittenCount == 0)
  }

  @Test func helpNamesEachCommandAndCompletionKnowsThem() {
    var talk = Talk()
    let help = talk.type("help")
    for binding in Binding.all
    where !["filter", "search", "share", "mouse", "tour", "command", "help"].contains(binding.command) {
      #expect(help.contains { $0.hasPrefix("\(binding.command): ") })
    }
    #expect(talk.session.completions(of: "prob") == ["probe", "probe-all", "problems"])
    #expect(talk.session.completions(of: "drain [out-gw1") == ["[out-gw1.example]:25"])
  }

  /// Lets the threads end that an answer asked for.
  private func endWorks(
    of answer: PlainSession.Answer, _ session: inout PlainSession
  ) -> PlainSession.Answer {
    var all = PlainSession.Answer()
    for case .workOut(let work) in answer.effects {
      let next = session.take(.message(.workedOut(work())), now: .now)
      all.said += next.said
      all.effects += next.effects
    }
    return all
  }

  /// What nothing comes to is said before the next line, and once.
  @Test func aRemarkOnAnEditComesBeforeTheNextLine() {
    var session = PlainSession(
      Driver.ready(sampleConfig(moreEntries: "* smtp:[in-gw1.example]")).model)
    _ = session.take(.wake, now: .now)
    let set = session.take(line: "set-route relayhost [gw9.example]", now: .now)
    #expect(set.said == ["set relayhost to [gw9.example]"] && session.isBusy)
    #expect(session.take(line: "set relay_transport [out-gw2.example] 3", now: .now).said.isEmpty)
    let rest = endWorks(of: set, &session).said
    #expect(rest.first?.hasPrefix("transport_maps (") == true, "\(rest)")
    #expect(rest.dropFirst() == ["set [out-gw2.example] of relay_transport to weight 3"])
  }

  /// A list after an edit is one of the edit: its rows take a moment, and a script does not wait.
  @Test func aListWaitsForTheRowsOfAnEdit() {
    var session = PlainSession(Driver.ready().model)
    // How the gateways are comes first.
    _ = session.take(.wake, now: .now)
    let first = session.take(line: "drain [out-gw1.example]", now: .now)
    #expect(first.said.count == 1)
    // What names all it needs waits for what is to be said of the edit before, and for nothing else.
    #expect(session.take(line: "set relay_transport [out-gw2.example] 3", now: .now).said.isEmpty)
    let second = endWorks(of: first, &session)
    #expect(second.said == ["set [out-gw2.example] of relay_transport to weight 3"])
    _ = endWorks(of: second, &session)
    #expect(!session.isBusy)
    #expect(session.take(line: "list", now: .now).said.isEmpty)
    #expect(session.isBusy)
    // The survey under way is of the first edit, and another one follows it.
    let config = session.model.facts.session.current
    #expect(session.take(.message(.gateways(config.gateways())), now: .now).said.isEmpty)
    #expect(session.take(.message(.diagnostics([])), now: .now).said.isEmpty)
    let rows = session.take(.message(.gateways(config.gateways())), now: .now).said
    #expect(rows.contains { $0.contains(": state: drained; gateway: [out-gw1.example]:25") }, "\(rows)")
    #expect(session.take(line: "problems", now: .now).said.isEmpty)
    #expect(session.take(.message(.diagnostics(twoProblems)), now: .now).said.first == "Problems: 2 rows")
  }

  @Test func theHistoryIsSaidOnceItIsRead() {
    let write = HistoryViewTests.write(1, "set it")
    var session = PlainSession(
      Driver.ready(archive: Archive(log: { .success([write]) }, diff: { _ in .success([]) })).model)
    _ = session.take(.wake, now: .now)
    let asked = session.take(line: "history", now: .now)
    #expect(asked.said.isEmpty && session.isBusy)
    var said: [String] = []
    for case .workOut(let work) in asked.effects {
      said += session.take(.message(.workedOut(work())), now: .now).said
    }
    #expect(said.first == "History: 1 row" && said.last?.contains("set it") == true, "\(said)")
  }

  /// What a script sends ahead waits until what it acts on is there.
  @Test func linesWaitForTheFilesAndForTheCheck() {
    let config = sampleConfig()
    var session = PlainSession(Model(config, identity: Identity(hostName: "mx1.example")))
    #expect(session.isBusy)
    #expect(session.take(line: "set relay_transport [out-gw2.example] 3", now: .now).said.isEmpty)
    #expect(session.take(.message(.filesRead(config)), now: .now).said.isEmpty)
    #expect(session.take(.message(.gateways(config.gateways())), now: .now).said.isEmpty)
    let answer = session.take(.message(.diagnostics([])), now: .now)
    #expect(
      answer.said.contains("set [out-gw2.example] of relay_transport to weight 3"), "\(answer.said)")
  }
}
