// All commands of the line that take words.

import Editing
import PostfixFiles
import Routing

extension LineCommand {
  static let all: [LineCommand] = [
    LineCommand(name: "add", words: [.pool, .newMember, .optionalWeight]) { call, model throws(EditError) in
      let weight = call.words.count > 2 ? call.words[2] : "1"
      return try model.plan(
        weight, of: call.words[1], in: call.words[0],
        number: { .add(pool: call.words[0], member: call.words[1], weight: $0) }, first: true)
    },
    LineCommand(name: "config", words: [.setting, .settingValue], isOpen: true) {
      call, model throws(EditError) in
      var settings = model.facts.settings
      let value = call.words.dropFirst().joined(separator: " ")
      do throws(SettingError) { try settings.set(call.words[0], to: value) } catch {
        throw .badText(value, reason: error.description)
      }
      return .setting(settings, name: call.words[0], value: value)
    },
    LineCommand(
      name: "drain", words: [.anyMember, .end],
      options: ["--pool": .pool, "--until": .time, "--for": .span, "--why": .reason]
    ) { call, model throws(EditError) in
      var wish = DrainWish(
        until: call.options["--until"], span: call.options["--for"], why: call.options["--why"])
      if call.words.count > 1, !wish.take(end: call.words[1]) {
        throw .badText(call.words[1], reason: "a time is there already; need one of the two")
      }
      return .edits(
        try wish.edits(of: call.words[0], in: call.options["--pool"], model.facts.session.current))
    },
    LineCommand(name: "output", words: [.directory]) { call, model throws(EditError) in
      guard call.words[0].hasPrefix("/") else {
        throw .badText(call.words[0], reason: "need a path from the root, such as /tmp/edited")
      }
      guard model.facts.session.isEdited else {
        throw .badText(call.words[0], reason: "there is no edit to write")
      }
      return .save(call.words[0])
    },
    LineCommand(
      name: "pool", words: [.scope, .newMember], isOpen: true, options: ["--notation": .notation]
    ) { call, _ throws(EditError) in
      var members: [WantedMember] = []
      for word in call.words.dropFirst() { members.append(try WantedMember(word)) }
      let name = call.options["--notation"]
      let notation = name.flatMap { PoolWish.Notation(rawValue: $0) }
      if let name, notation == nil {
        let all = PoolWish.Notation.allCases.map(\.rawValue).joined(separator: ", ")
        throw .badText(name, reason: "need one of \(all)")
      }
      return .pool(try Scope(call.words[0]), members, notation)
    },
    LineCommand(
      name: "ramp", words: [.anyMember],
      options: [
        "--pool": .pool, "--to": .share, "--over": .span, "--from": .share, "--steps": .step,
        "--max": .perDay,
        "--stop-at": .share, "--why": .reason,
      ], flags: ["--pause", "--resume", "--cancel"]
    ) { call, model throws(EditError) in
      var wish = RampWish()
      (wish.to, wish.over, wish.from) = (call.options["--to"], call.options["--over"], call.options["--from"])
      (wish.steps, wish.max) = (call.options["--steps"], call.options["--max"])
      (wish.stopAt, wish.why) = (call.options["--stop-at"], call.options["--why"])
      wish.pause = call.flags.contains("--pause")
      wish.resume = call.flags.contains("--resume")
      wish.cancel = call.flags.contains("--cancel")
      guard wish.isEdit else {
        throw .badCall("need --to and --over, or one of --pause, --resume and --cancel")
      }
      return .edits(
        try wish.edits(of: call.words[0], in: call.options["--pool"], model.facts.session.current))
    },
    LineCommand(name: "remove", words: [.pool, .member]) { call, _ throws(EditError) in
      .edits([.remove(pool: call.words[0], member: call.words[1])])
    },
    LineCommand(name: "remove-route", words: [.key], options: ["--table": .table]) {
      call, _ throws(EditError) in
      .edits([.removeRoute(key: call.words[0], table: call.options["--table"])])
    },
    LineCommand(name: "restore", words: [.drainedMember], options: ["--pool": .pool]) {
      call, model throws(EditError) in
      .edits(
        try model.facts.session.current.memberships(
          of: call.words[0], in: call.options["--pool"], drained: true
        ).map {
          .restore(pool: $0.pool, member: $0.member)
        })
    },
    LineCommand(name: "route", words: [.address], options: ["--from": .address]) {
      call, _ throws(EditError) in
      let words = call.words.joined(separator: " ") + (call.options["--from"].map { " from \($0)" } ?? "")
      if let problem = AddressLine(number: 0, words).problem { throw .badCall(problem) }
      return .address(words)
    },
    LineCommand(name: "set", words: [.pool, .member, .weight]) { call, model throws(EditError) in
      try model.plan(
        call.words[2], of: call.words[1], in: call.words[0],
        number: { .setWeight(pool: call.words[0], member: call.words[1], weight: $0) }, first: false)
    },
    LineCommand(name: "set-route", words: [.key, .value], isOpen: true, options: ["--table": .table]) {
      call, _ throws(EditError) in
      .edits([
        .setRoute(
          key: call.words[0], value: call.words.dropFirst().joined(separator: " "),
          table: call.options["--table"])
      ])
    },
    LineCommand(name: "undo", words: [.number]) { call, _ throws(EditError) in
      guard let number = Int(call.words[0]) else {
        throw .badText(call.words[0], reason: "need the number of a write, as 6 History shows it")
      }
      return .undo(number)
    },
    .tryAddress, .whatIf,
  ]
}

extension Model {
  /// An edit with a weight; for one destination it is the dialogue, since the two become a pool.
  fileprivate func plan(
    _ weight: String, of member: String, in pool: String, number: (Int) -> Edit, first adds: Bool
  ) throws(EditError) -> LineCommand.Plan {
    let edits: [Edit]
    switch try WantedMember.Weight(weight, of: weight) {
    case .number(let value): edits = [number(value)]
    case .share(let share):
      let set = Edit.setShare(
        pool: pool, member: member, share: share, tolerance: WeightChoice.tolerance(of: share))
      edits = (adds ? [.add(pool: pool, member: member, weight: 1)] : []) + [set]
    }
    if let last = edits.last, let wish = try PoolWish(last, in: facts.session.current) {
      return .pool(wish.scope, wish.members)
    }
    return .edits(edits)
  }
}
