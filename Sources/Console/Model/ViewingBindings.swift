// The keys that show something else, move about, or leave.

import Checks
import PostfixFiles
import Routing

extension Binding {
  static let viewing: [Binding] =
    [
      Binding(
        [.enter], "pools-of", hint: "pools", "Show the pools that the gateway is in", in: [.gateways],
        isHinted: true,
        disabled: { ($0.chosenGateway?.pools ?? []).isEmpty ? "no pool has this gateway as a member" : nil },
        action: { console in
          guard let gateway = console.chosenGateway?.gateway else { return [] }
          console.show(.pools)
          let row = console.lists.pools.firstIndex { $0.member?.gateways.contains(gateway) == true }
          if let row { console.choose(row, in: .pools) }
          return []
        }),
      Binding(
        [.enter], "go", "Go to the place of the problem", in: [.problems], isHinted: true,
        disabled: { $0.chosenProblem == nil ? "no problem is chosen" : nil }, action: { $0.goToProblem() }),
      Binding(
        [.character("n")], "next", "Go to the next gateway that is not up", in: [.gateways],
        disabled: { $0.nextTrouble == nil ? "nothing is wrong with any other gateway" : nil },
        action: { console in
          if let next = console.nextTrouble { console.choose(next, in: .gateways) }
          return []
        }),
      Binding(
        [.character("/")], "filter", "Show only what has all of these words in it",
        in: [.gateways, .pools, .routes, .problems], isHinted: true,
        action: { console in
          console.ask(.filter(console.view), text: console.filters[console.view] ?? "")
          return []
        }),
      Binding(
        [.character("s")], "sort", "Sort by state, latency, share or name, or as the configuration has them",
        in: [.gateways],
        action: { console in
          console.order = console.order.next
          return []
        }),
      Binding(
        [.character("i")], "detail", "Show all that is known of the gateway: its certificate, what was said",
        in: [.gateways], isHinted: true,
        disabled: { $0.chosenGateway == nil ? "no gateway is chosen" : nil },
        action: { console in
          console.dialog = .detail(from: 0)
          return []
        }),
      Binding(
        [.character(":")], "command", "Type a command by its name; Tab completes it",
        action: { console in
          console.ask(.command)
          return []
        }),
      Binding(
        [.character("?"), .function(1)], "help", "Show all keys", isHinted: true,
        action: { console in
          console.dialog = .help(LineEditor(), from: 0)
          return []
        }),
      Binding(
        [.character("q"), .control("c")], "quit", "Leave; edits that are not written are asked about",
        isHinted: true, action: { $0.quit() }),
      Binding(
        [.escape], "clear", "Take the filter away",
        disabled: { $0.filters[$0.view] == nil ? "no filter is set" : nil },
        action: { console in
          console.filters[console.view] = nil
          return []
        }),
    ]
    + ViewName.allCases.map { name in
      Binding(
        [.character(Character("\(name.rawValue)"))], name.title.lowercased(), "Show \(name.title)",
        action: { console in
          console.show(name)
          return []
        })
    }

  static let moving: [Binding] = [
    Binding([.tab, .right], "next-view", "Show the next view", action: { $0.turn(1) }),
    Binding([.backTab, .left], "back-view", "Show the view before", action: { $0.turn(-1) }),
    Binding([.down, .character("j")], "down", "Go down", action: { $0.move(1) }),
    Binding([.up, .character("k")], "up", "Go up", action: { $0.move(-1) }),
    Binding([.pageDown, .control("f")], "page-down", "Go ten down", action: { $0.move(10) }),
    Binding([.pageUp, .control("b")], "page-up", "Go ten up", action: { $0.move(-10) }),
    Binding([.home, .character("g")], "first", "Go to the first", action: { $0.move(-.max / 2) }),
    Binding([.end, .character("G")], "last", "Go to the last", action: { $0.move(.max / 2) }),
  ]
}

extension Console {
  mutating func show(_ name: ViewName) {
    view = name
    // Keys act on members: the first one, not the heading above it.
    if name == .pools, selections[.pools] == nil { choose(1, in: .pools) }
  }

  mutating func turn(_ step: Int) -> [Effect] {
    let all = ViewName.allCases
    let next = (view.rawValue - 1 + step + all.count) % all.count
    show(all[next])
    return []
  }

  mutating func move(_ step: Int) -> [Effect] {
    selections[view, default: Selection()].move(by: step, of: count(of: view))
    return []
  }

  /// The next gateway after the chosen one that is neither up nor drained.
  var nextTrouble: Int? {
    let rows = lists.gateways
    let start = chosen(in: .gateways) ?? 0
    return (1..<max(1, rows.count)).lazy.map { (start + $0) % rows.count }.first {
      ![.up, .drained, .unknown].contains(self.state(of: rows[$0]))
    }
  }

  /// Shows the pool, or else the route, that the problem stands in.
  mutating func goToProblem() -> [Effect] {
    guard let problem = chosenProblem else { return [] }
    filters[.pools] = nil
    filters[.routes] = nil
    refreshLists()
    let row = lists.pools.firstIndex { row in
      guard case .pool(let pool) = row, pool.notation != .single, let anchor = pool.anchor,
        let document = session.current.document(anchor.file)
      else { return false }
      return anchor.file == problem.file
        && (document.position(at: anchor.range.lowerBound)
          .line...document.position(at: anchor.range.upperBound - 1).line)
          .contains(problem.start.line)
    }
    if let row {
      show(.pools)
      choose(row, in: .pools)
      return []
    }
    // Routes stand in the order of their lines within a file: the last one that begins at or before the problem.
    let index = lists.routes?.lastIndex { $0.file == problem.file && $0.line <= problem.start.line }
    if let index {
      show(.routes)
      choose(index, in: .routes)
    } else {
      notice = Notice(
        text: "\(shown(path: problem.file)), line \(problem.start.line): edit it with an editor", role: .info)
    }
    return []
  }
}
