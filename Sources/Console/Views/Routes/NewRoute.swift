// What `a` in Routes can add: an entry of a table that is there, the first entry of a table that is not, or a parameter that
// is not set.

import Editing
import PostfixFiles
import Routing

/// A place for a new route.
enum NewRoute: Hashable, Sendable {
  /// The path of a table, and the parameter that names it.
  case entry(table: String, of: RoutingParameter)
  /// A table is made for it.
  case firstEntry(of: RoutingParameter)
  case parameter(RoutingParameter)

  /// How it is said in an edit.
  var table: String? {
    switch self {
    case .entry(let path, _): path
    case .firstEntry(let parameter): parameter.rawValue
    case .parameter: nil
    }
  }

  /// What a person types, as the line below says it.
  var need: String {
    switch self {
    case .firstEntry(let parameter):
      "\(Self.entry(table: "", of: parameter).need); makes the table"
    case .entry(_, let parameter):
      switch parameter {
      case .senderTransportMaps: "the sender and a result, such as @customer.example smtp:[gw1.example]"
      case .senderRelayhostMaps: "the sender and a next hop, such as @customer.example [gw1.example]:587"
      default: "the domain and a result, such as example.com smtp:[gw1.example]"
      }
    case .parameter(let parameter):
      parameter.resultKind == .nextHop
        ? "a next hop, such as [gw1.example]:587" : "a destination, such as smtp:[gw1.example]"
    }
  }
}

extension NewRoute {
  /// Why a line that is not finished cannot be taken.
  func refusal(of text: String) -> String {
    let sharing = " To share mail between gateways: Esc, then \(Key.character("n").label)"
    return "\"\(printable(text))\" is one word. Need \(need).\(sharing)"
  }
}

extension MailConfig {
  /// The places for a new route, tables first.
  func newRoutes() -> [NewRoute] {
    var places: [NewRoute] = []
    for parameter in RoutingParameter.maps {
      let tables = tableSites(of: parameter).filter { $0.table?.isAnswer == true }.compactMap(\.source)
        .filter { files[$0]?.document != nil }
      for path in tables where !places.contains(.entry(table: path, of: parameter)) {
        places.append(.entry(table: path, of: parameter))
      }
      if tables.isEmpty { places.append(.firstEntry(of: parameter)) }
    }
    // What is there comes before what has to be made.
    let made = places.filter { if case .firstEntry = $0 { true } else { false } }
    return places.filter { !made.contains($0) } + made
      + RoutingParameter.values.filter { main[$0] == nil }.map { .parameter($0) }
  }
}

extension Facts {
  /// The label of the line that adds a route.
  func label(of place: NewRoute) -> String {
    switch place {
    case .entry(let path, _): "New entry of \(shown(path: path))"
    case .firstEntry(.senderTransportMaps): "New table by sender"
    case .firstEntry(.senderRelayhostMaps): "New table, relayhost by sender"
    case .firstEntry: "New table by domain"
    case .parameter(let parameter): "New \(parameter.rawValue)"
    }
  }
}

extension Model {
  /// Opens the line for a new route, in the table of the chosen route first.
  mutating func askForRoute(after chosen: Route?) {
    let places = facts.session.current.newRoutes()
    let here = places.first { chosen?.table != nil && $0.table == chosen?.table }
    guard let first = here ?? places.first else { return }
    ask(.newRoute(first, of: places))
  }

  /// Another place for what is typed.
  func choosePlace(_ step: Int, _ prompt: inout Prompt) {
    guard case .newRoute(let now, let places) = prompt.purpose,
      let index = places.firstIndex(of: now)
    else { return }
    prompt.purpose = .newRoute(places[(index + step + places.count) % places.count], of: places)
  }

  func judge(newRoute text: String, at place: NewRoute, in prompt: inout Prompt) {
    let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
    // A parameter may be named whatever the place is: `relayhost [gw1.example]`.
    if parts.count == 2, RoutingParameter(rawValue: parts[0]) != nil {
      judge(route: parts[0], parts[1].trimmingPrefix("= ").description, nil, in: &prompt)
      return
    }
    if case .parameter(let parameter) = place, !text.isEmpty {
      judge(route: parameter.rawValue, text, nil, in: &prompt)
      return
    }
    guard parts.count == 2 else {
      prompt.verdict = .need("\(place.need); Up and Down: another place")
      return
    }
    judge(route: parts[0], parts[1], place.table, in: &prompt)
  }
}
