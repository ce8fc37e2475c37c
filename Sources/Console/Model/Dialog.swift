// Questions: a line that is typed and checked as it is typed, or a choice between a few keys.

import Editing
import Gateways
import PostfixFiles
import PostfixTools
import Routing

/// What is open in front of the view.
enum Dialog: Sendable {
  case prompt(Prompt)
  case confirm(Confirmation)
  case sharing(SharingDialogue)
  case address(AddressLine)
  case help(KeyList)
  /// All that is known of the chosen row, from that line on.
  case detail(from: Int)
  /// The answer to a question, in place of the list, from that line on.
  case answer(Detail, from: Int)
}

/// The keys, narrowed by what is typed: one can be chosen and run.
struct KeyList: Sendable {
  var line = LineEditor()
  /// The entry that Enter runs. Nil until one is chosen: an Enter that is to leave the help must not change anything.
  var chosen: Int?
  /// The first entry that shows.
  var top = 0
}

extension Dialog? {
  /// The edit that is being typed, as it would be made.
  var preview: Prompt.Preview? { if case .prompt(let prompt) = self { prompt.preview } else { nil } }

  /// The write that may be taken back.
  var undo: UndoPreview? {
    guard case .confirm(let confirmation) = self, case .undoWrite(let preview) = confirmation.subject else {
      return nil
    }
    return preview
  }
}

/// What a typed line is for.
enum Purpose: Hashable, Sendable {
  /// What narrows the list of the view in front, or what is searched for in its text.
  case filter(narrows: Bool)
  case command
  /// The name of the host, before a write in production.
  case hostName
  /// The share of a member, in percent.
  case share(pool: String, member: String)
  /// Whom a gateway is asked about.
  case recipient(of: Gateway)
  case weight(pool: String, member: String)
  /// Until when and why, of drains without either.
  case drain([Edit])
  case newMember(pool: String)
  case renamedMember(pool: String, member: String, weight: Int)
  case routeValue(key: String, table: String?)
  /// `KEY VALUE`, or the value of a parameter; Up and Down choose among the places.
  case newRoute(NewRoute, of: [NewRoute])
}

/// What there is to say about a line as it is.
enum Verdict: Hashable, Sendable {
  /// Nothing wrong, nothing to take yet: what is needed.
  case need(String)
  case good(String)
  case bad(String)
}

/// A line that is judged on a thread.
struct JudgeQuestion: Hashable, Sendable {
  let purpose: Purpose
  let text: String
}

/// A line being typed.
struct Prompt: Sendable {
  /// Tells its answers from those of a prompt before it.
  var number: Int
  var purpose: Purpose
  var line: LineEditor
  var verdict: Verdict
  /// What a thread is asked about the line, where that takes long.
  var questions = Newest<JudgeQuestion>()
  /// Whether the line is to be taken as soon as it is judged.
  var goesOn = false
  /// Whether judging the line as it is may plan a pool, which reads files: a thread does it.
  var needsThread = false
  /// Whether a thread judges now.
  var isOnThread = false
  /// What the edit would make of the configuration.
  var preview: Preview?

  struct Preview: Sendable {
    var config: MailConfig
    var pools: [Pool]
    var edits: [Edit]
    var summary: String
  }

  func label(_ facts: Facts) -> String {
    switch purpose {
    case .filter(let narrows): narrows ? "Show only" : "Search for"
    case .command: ""
    case .hostName: "Name of this host"
    case .recipient(let gateway): "Ask \(printable(gateway.description)) about"
    case .share(_, let member): "Percent for \(printable(member))"
    case .weight(_, let member): "Weight of \(printable(member))"
    case .drain(let edits):
      edits.count == 1
        ? edits[0].member.map { "Drain \(printable($0))" } ?? "Drain" : "Drain in \(edits.count) pools"
    case .newMember(let pool): "New member of \(printable(pool))"
    case .renamedMember(let pool, _, _): "Member of \(printable(pool))"
    case .routeValue(let key, _): printable(key)
    case .newRoute(let place, _): facts.label(of: place)
    }
  }
}

/// A choice between a few keys; Esc always leaves things as they are.
struct Confirmation: Sendable {
  enum Subject: Sendable {
    case edits([Edit])
    case write
    case undoWrite(UndoPreview)
    /// Read again, and the edits made again on that.
    case readAgain(MailConfig)
    /// Postfix takes what is on disk into force.
    case reload
    /// The edits of a console that is gone.
    case recover(FoundEdits)
    /// Mail that waits is tried again.
    case retry(QueueRetry)
    case quit
  }

  var subject: Subject
  var question: String
  /// Why one should think twice; empty where there is no reason to.
  var warnings: [String] = []
  /// What else there is to know.
  var note = ""
  var choices: [Choice]

  struct Choice: Hashable, Sendable {
    var key: Key
    var label: String
    var answer: Answer
  }

  enum Answer: Hashable, Sendable { case yes, yesAndReload, showChanges, discard }

  /// Whether it may come up while a person presses keys for something else: then only the keys that it names answer it.
  var comesByItself: Bool {
    switch subject {
    case .recover, .readAgain: true
    case .edits, .write, .undoWrite, .reload, .retry, .quit: false
    }
  }
}
