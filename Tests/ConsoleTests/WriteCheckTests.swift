// The check before a write runs on a thread: keys go on meanwhile, Esc stops it, and no key press reads a file.

import Checks
import Editing
import PostfixFiles
import Routing
import Synchronization
import Testing

@testable import Console

@Suite struct WriteCheckTests {
  init() { #expect(utf8Locale) }

  /// With an edit, after `w`; the check has no answer yet.
  private func checking() -> Driver {
    var driver = Driver.ready()
    driver.threadsAreFast = false
    driver.press(.character("2"), .character("+"), .character("w"))
    return driver
  }

  @Test func keysGoOnWhileTheEditsAreChecked() throws {
    var driver = checking()
    #expect(driver.screen(80, 24).contains("+        !smtp:[out-gw1.example]"))
    #expect(driver.screen(80, 24).contains("checking for new errors before the write; Esc stops it"))
    driver.press(.character("2"), .down)
    #expect(driver.model[PoolsView.self].chosenRow?.member?.result == "smtp:[out-gw2.example]")
    // That it goes on is not forgotten.
    #expect(driver.screen(80, 24).contains("checking for new errors before the write; Esc stops it"))
    for key in "+-=#duw" {
      driver.press(.character(key))
      #expect(driver.model.notice?.text.hasSuffix("still checking; Esc stops it") == true, "\(key)")
    }
    #expect(driver.pool("relay_transport")[0] == "smtp:[out-gw1.example] x3")
    driver.press(.character("5"))
    let request = try #require(driver.checks.first)
    #expect(driver.checks.count == 1)
    driver.send(.message(.checked(CheckAnswer(to: request))))
    #expect(driver.screen(80, 24).contains("Write main.cf in /etc/postfix?"))
    driver.press(.character("y"))
    #expect(driver.writes.count == 1)
  }

  /// What is warned of is read before the answer: all of it where there is room, and how much more there is where not.
  @Test func everyWarningIsShownWhereThereIsRoom() throws {
    var driver = checking()
    let request = try #require(driver.checks.first)
    let guards = ["gw2", "gw3"].map { name in
      EditGuard.missingCredentials(
        hop: "[\(name).example]:587",
        words: "[\(name).example]:587 has no entry in passwords: add a line for it")
    }
    driver.send(
      .message(
        .checked(CheckAnswer(revision: request.revision, states: request.states, guards: guards))))
    let screen = driver.screen(80, 24)
    #expect(
      screen.contains(
        """
         ! [gw2.example]:587 has no entry in passwords: add a line for it
         ! [gw3.example]:587 has no entry in passwords: add a line for it
         Write main.cf in /etc/postfix?
        """), "\(screen)")
    let small = driver.screen(40, 10)
    #expect(small.contains("(and 1") && small.contains("Write main.cf in /etc/postfix?"), "\(small)")
    #expect(!small.contains("gw3"))
  }

  @Test func escapeStopsItAndTheAnswerIsNotLost() {
    var driver = checking()
    driver.press(.escape)
    #expect(driver.model.notice?.text == "the check is stopped; nothing is written")
    driver.send(.message(.checked(CheckAnswer(to: driver.checks[0]))))
    #expect(driver.model.dialog == nil)
    driver.press(.character("w"))
    #expect(driver.screen(80, 24).contains("Write main.cf in /etc/postfix?"))
    #expect(driver.checks.count == 1)
  }

  /// A thread cannot be stopped: the next check begins when the one under way ends, and its answer alone counts.
  @Test func oneCheckRunsAtATime() {
    var driver = checking()
    driver.press(.escape, .character("2"), .character("+"), .character("w"))
    #expect(driver.checks.map(\.revision).count == 1)
    driver.send(.message(.checked(CheckAnswer(to: driver.checks[0]))))
    #expect(driver.model.dialog == nil)
    #expect(driver.checks.count == 2)
    driver.send(.message(.checked(CheckAnswer(to: driver.checks[1]))))
    #expect(driver.screen(80, 24).contains("Write main.cf in /etc/postfix?"))
  }

  /// `r` restores a member, and would reload Postfix as an answer: a question opens only where it was asked for.
  @Test func noQuestionOpensWhereAPersonDoesSomethingElse() {
    var driver = checking()
    driver.press(.character("2"))
    driver.send(.message(.checked(CheckAnswer(to: driver.checks[0]))))
    #expect(driver.model.dialog == nil)
    #expect(driver.model.notice?.text == "checked: w asks whether to write")
    driver.press(.character("r"))
    #expect(driver.writes.isEmpty)
    driver.press(.character("w"))
    #expect(driver.screen(80, 24).contains("Write main.cf in /etc/postfix?"))
    #expect(driver.checks.count == 1)
  }

  @Test func statesThatChangedSinceAreLookedAt() {
    var driver = checking()
    driver.press(.escape)
    driver.send(.message(.checked(CheckAnswer(to: driver.checks[0]))))
    for _ in 1...3 { driver.probe(.host("out-gw2.example", port: 25), .connectionRefused) }
    driver.press(.character("w"))
    #expect(driver.checks.count == 2)
  }

  @Test func quittingNeedsNoAnswer() {
    var driver = checking()
    driver.press(.character("q"))
    #expect(driver.screen(80, 24).contains("Leave with 1 edit unwritten?"))
    driver.press(.character("y"))
    #expect(driver.quits == [0])
  }

  /// Somebody adds the line that was missing in another window: the question is about the files as they are.
  @Test func theQuestionKnowsWhatWasPutRightMeanwhile() throws {
    let passwords = Mutex("[gw1.example]:587 user:secret\n")
    let main = """
      myhostname = mx1.example
      relayhost = [gw1.example]:587
      smtp_sasl_auth_enable = yes
      smtp_sasl_password_maps = texthash:\(directory)/sasl_passwd

      """
    let config = try MailConfig(
      directory: directory, environment: Environment(hostName: "mx1.example", version: PostfixVersion(3, 7))
    ) { path throws(FileError) in
      switch path {
      case "\(directory)/main.cf": return Bytes(main.utf8)
      case "\(directory)/sasl_passwd": return Bytes(passwords.withLock { $0 }.utf8)
      default: throw FileError(path: path, reason: "No such file or directory", .missing)
      }
    }.readingFiles()
    let missing = "[gw2.example]:587 has no entry in"
    func asked(_ keys: Key...) -> String {
      passwords.withLock { $0 = "[gw1.example]:587 user:secret\n" }
      var driver = Driver.ready(config)
      driver.press(.character("n"), .enter)
      driver.type("[gw2.example]:587=30%")
      driver.press(.enter)
      #expect(driver.screen(120, 40).contains(missing), "\(driver.screen(120, 40))")
      passwords.withLock { $0 += "[gw2.example]:587 user:secret\n" }
      for key in keys { driver.press(key) }
      return driver.screen(120, 40)
    }
    let question = "Write main.cf in /etc/postfix?"
    for screen in [asked(.character("w")), asked(.character("k"), .character("w"))] {
      #expect(screen.contains(question) && !screen.contains(missing), "\(screen)")
    }
    // The preview too, where one comes back to it.
    let preview = asked(.left, .enter)
    #expect(preview.contains("Where mail goes") && !preview.contains(missing), "\(preview)")
    // What is still missing is still asked about.
    var driver = Driver.ready(config)
    passwords.withLock { $0 = "[gw1.example]:587 user:secret\n" }
    driver.press(.character("n"), .enter)
    driver.type("[gw2.example]:587=30%")
    driver.press(.enter, .character("w"))
    #expect(driver.screen(120, 40).contains(question) && driver.screen(120, 40).contains(missing))
  }

  /// An entry that is edited moves its mail: the question is that of `set-route` and of `pool`.
  @Test func anEntryForAGatewayWithoutALoginIsAskedAbout() throws {
    let main = """
      myhostname = mx1.example
      relayhost = [gw1.example]:587
      transport_maps = inline:{{a.example=smtp:[gw1.example]:587}}, texthash:/d/transport
      smtp_sasl_auth_enable = yes
      smtp_sasl_password_maps = inline:{{[gw1.example]:587=u:p}}

      """
    var config = MailConfig(
      directory: "/d", environment: Environment(hostName: "mx1.example", version: PostfixVersion(3, 7)),
      main: main)
    config.files["/d/transport"] = .read(
      Document(path: "/d/transport", bytes: Bytes("x.example smtp:[gw1.example]:587\n".utf8)))
    var driver = Driver.ready(config)
    driver.press(.character("3"), .end, .character("e"), .control("u"))
    driver.type("smtp:[gw2.example]:587")
    driver.press(.enter, .character("w"))
    let screen = driver.screen(120, 40)
    #expect(screen.contains("Write transport in /d?"), "\(screen)")
    #expect(screen.contains(" [gw2.example]:587 has no entry in inline:{...}"), "\(screen)")
  }

  /// The edit names a file that was never read, which is what the check before a write reads.
  @Test func noKeyReadsAFile() throws {
    let calls = Mutex<[String]>([])
    let texts = [
      "\(directory)/main.cf":
        "relay_transport = smtp:[a.example]\ntransport_maps = texthash:\(directory)/transport\n",
      "\(directory)/transport": (1...11_000).map { "d\($0).example smtp:[gw\($0 % 7).example]\n" }.joined(),
    ]
    let unread = try MailConfig(
      directory: directory, environment: Environment(hostName: "mx1.example", version: PostfixVersion(3, 7))
    ) { path throws(FileError) in
      calls.withLock { $0.append(path) }
      guard let text = texts[path] else {
        throw FileError(path: path, reason: "No such file or directory", .missing)
      }
      return Bytes(text.utf8)
    }
    let config = unread.readingFiles()
    var driver = Driver.ready(config)
    driver.threadsAreFast = false
    calls.withLock { $0 = [] }

    driver.press(.character("3"), .home, .down, .character("a"))
    driver.type("default_transport randmap:\(directory)/new")
    driver.press(.enter)
    driver.endThreads()
    driver.press(.end, .character("e"), .control("u"))
    driver.type("smtp:[other.example]:26")
    driver.press(.enter)
    driver.endThreads()
    driver.press(.character("/"))
    driver.type("d10999")
    driver.press(.enter, .character("2"), .character("w"), .character("1"), .character("4"))
    #expect(calls.withLock { $0 } == [])
    let request = try #require(driver.checks.first)
    #expect(request.edited.document("\(directory)/transport")?.isEdited == true)
    _ = CheckAnswer(to: request)
    #expect(calls.withLock { $0 } == ["\(directory)/new"])
  }
}
