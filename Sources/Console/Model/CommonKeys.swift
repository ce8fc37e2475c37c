// The keys that work in every view.

import PostfixFiles
import Routing

extension Binding {
  static let common: [Binding] = changing + showing + moving

  private static let changing: [Binding] = [
    newPool, editor,
    Binding(
      .change, [.character("P")], "probe-all", "Probe all gateways now",
      disabled: { $0.facts.gateways.isEmpty ? "there is no gateway" : nil },
      action: { model in
        model.notice = Notice(text: "probing all gateways", role: .info)
        return [.probe(nil)]
      }),
    Binding(
      .change, [.character("u")], "undo", "Take the last edit back", isHinted: true,
      disabled: {
        if let work = $0.work { return work.whyWait }
        return $0.facts.session.undoSummary == nil
          ? "there is no edit (W undoes the last write)" : nil
      },
      action: { model in
        model.notice = model.facts.session.undoSummary.map { Notice(text: "undone: \($0)", role: .changed) }
        model.facts.session.undo()
        return []
      }),
    Binding(
      .change, [.character("U"), .control("r")], "redo", "Make the undone edit again",
      disabled: {
        if let work = $0.work { return work.whyWait }
        return $0.facts.session.redoSummary == nil ? "no edit was undone" : nil
      },
      action: { model in
        model.notice = model.facts.session.redoSummary.map { Notice(text: "again: \($0)", role: .changed) }
        model.facts.session.redo()
        return []
      }),
    Binding(
      .change, [.character("w")], "write", "Show what changes in the files, then write it", isHinted: true,
      disabled: {
        $0.whyNoWrite ?? ($0.facts.session.isEdited ? nil : "nothing is edited")
      }, action: { $0.askToWrite() }),
    Binding(
      .change, [.character("W")], "undo-write",
      "Show what taking the last write back changes in the files, then do it",
      disabled: { $0.whyNoUndo }, action: { $0.askToUndo(nil) }),
    Binding(
      .change, [.character("R")], "reload", "Have Postfix take what is written into force: postfix reload",
      disabled: { $0.whyNoReload }, action: { $0.askToReload() }),
  ]

  private static let showing: [Binding] =
    [
      Binding(
        .show, [.character(":")], "command",
        "Type a command, with words after it as in a call: set POOL MEMBER WEIGHT; Tab completes",
        action: { model in
          model.ask(.command)
          return []
        }),
      copy, mouse, tour, report,
      Binding(
        .show, [.character("?"), .function(1)], "help",
        "Show all keys; type to search, Enter runs the chosen one", isHinted: true,
        action: { model in
          model.dialog = .help(KeyList())
          return []
        }),
      Binding(
        .show, [.character("q"), .control("c")], "quit", "Leave; edits that are not written are asked about",
        isHinted: true, action: { $0.quit() }),
      Binding(
        .show, [.escape], "clear", "Remove the filter, or end the search",
        disabled: { $0.views[$0.shown].filter == nil ? "no filter is set" : nil },
        action: { model in
          model.views[model.shown].filter = nil
          return []
        }),
    ]
    + ViewList.all.enumerated().map { index, view in
      Binding(
        .show, [.character(Character("\(index + 1)"))], view.title.lowercased(), "Show \(view.title)",
        action: { model in
          model.show(view)
          return []
        })
    }

  private static let moving: [Binding] = [
    Binding(.move, [.tab, .right], "next-view", "Show the next view", action: { $0.turn(1) }),
    Binding(.move, [.backTab, .left], "back-view", "Show the view before", action: { $0.turn(-1) }),
    Binding(.move, [.down, .character("j")], "down", "Go down", action: { $0.move(1) }),
    Binding(.move, [.up, .character("k")], "up", "Go up", action: { $0.move(-1) }),
    Binding(.move, [.pageDown, .control("f")], "page-down", "Go ten down", action: { $0.move(10) }),
    Binding(.move, [.pageUp, .control("b")], "page-up", "Go ten up", action: { $0.move(-10) }),
    Binding(.move, [.home, .character("g")], "first", "Go to the first", action: { $0.move(-.max / 2) }),
    Binding(.move, [.end, .character("G")], "last", "Go to the last", action: { $0.move(.max / 2) }),
  ]
}

extension Model {
  /// Why nothing can be edited; nil where something can.
  var whyReadOnly: String? {
    if facts.identity.isReadOnly { return "read-only: started with --read-only" }
    if let work { return work.whyWait }
    return facts.hasFiles ? nil : "the tables are still being read"
  }

  /// Why nothing can be written. Edits can still be tried.
  var whyNoWrite: String? {
    whyReadOnly
      ?? facts.identity.obstacle.map { $0.message(facts.session.current.directory) }
  }

  fileprivate var whyNoReload: String? {
    facts.identity.isDemo ? "the demonstration has no Postfix" : whyNoWrite
  }

  fileprivate mutating func askToReload() -> [Effect] {
    let directory = printable(facts.session.current.directory)
    dialog = .confirm(
      Confirmation(
        subject: .reload, question: "Run postfix reload for \(directory)?",
        note: facts.session.isEdited ? "What is edited and not written is not in it." : "",
        choices: [.init(key: .character("y"), label: "reload", answer: .yes)]))
    return []
  }

  fileprivate mutating func turn(_ step: Int) -> [Effect] {
    turn(by: step)
    return []
  }

  fileprivate mutating func move(_ step: Int) -> [Effect] {
    views[shown].move(by: step)
    return []
  }
}
