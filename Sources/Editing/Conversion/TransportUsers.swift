// Which mail beside that of a pool takes its transports: a parameter of the transport, such as smtp_fallback_relay, is for that too.

import PostfixFiles
import Routing

extension MailConfig {
  /// Beside default_transport and relayhost: the mail of these goes where they say.
  private static let others = [
    "content_filter", "fallback_transport", "local_transport", "mailbox_transport", "virtual_transport",
  ]

  /// Tables of local(8) that do the same for some users.
  private static let otherTables = ["fallback_transport_maps", "mailbox_transport_maps"]

  /// Whether other mail takes one of these transports, as far as main.cf, master.cf and the tables that they name say.
  func hasOtherMail(of transports: [String]) -> Bool {
    let tables: [RoutingParameter] = [.transportMaps, .senderTransportMaps, .senderRelayhostMaps]
    if parameters.isSet("relay_domains") || !tables.allSatisfy({ parameters.text($0).isEmpty }) {
      return true
    }
    let names = Set(transports)
    func isTaken(_ text: String) -> Bool {
      names.contains(Destination(SourcedText(builtIn: text)).transport.text)
    }
    let services = (master?.services ?? []).filter { !$0.overrides.isEmpty }
    // A service sees its own values, also of what others refer to.
    return ([parameters] + services.map { parameters.seen(by: $0) }).contains { seen in
      Self.others.contains { isTaken(seen.text($0)) }
        || Self.otherTables.contains { name in
          guard let list = try? seen.value(name), !list.isEmpty else { return false }
          return texts(of: list).contains { text in
            text.map { $0.split(whereSeparator: Self.endsWord).contains { isTaken(String($0)) } } ?? true
          }
        }
    } || filters(with: services).contains { isTaken($0) }
  }

  private static func endsWord(_ character: Character) -> Bool {
    character.isWhitespace || "{}=,".contains(character)
  }

  /// What access tables and header checks, in whichever setting, say after FILTER: content_filter for some mail.
  private func filters(with services: [Service]) -> [String] {
    var found: [String] = []
    var seen: Set<String> = []
    func look(at list: SourcedText) {
      for case let text? in texts(of: list) where seen.insert(text).inserted {
        let words = text.split(whereSeparator: Self.endsWord)
        found += zip(words, words.dropFirst()).filter { $0.0.uppercased() == "FILTER" }.map { String($0.1) }
      }
    }
    let own = parameters
    for assignment in main.assignments {
      if let value = try? own.expand(assignment.value, for: assignment.name) { look(at: value) }
    }
    for service in services {
      let seen = own.seen(by: service)
      for (name, value) in service.overrides {
        if let value = try? seen.expand(value, for: name) { look(at: value) }
      }
    }
    return found
  }

  /// The texts of the tables in a list, without comments, and of the list itself; nil for a table that cannot be read here.
  private func texts(of list: SourcedText, depth: Int = 0) -> [String?] {
    list.listItems.flatMap { item -> [String?] in
      if item.bytes.first == .openBrace {
        return depth < TableSpec.maximumDepth ? texts(of: item.withoutBraces, depth: depth + 1) : []
      }
      guard item.bytes.contains(.colon), let tables = (try? TableSpec(item))?.flattened else { return [] }
      return [item.text]
        + tables.map { table -> String? in
          switch table.content {
          case .file(let path):
            guard let document = try? reading(absolute(path)) else { return nil }
            let lines = document.bytes.text.split(whereSeparator: \.isNewline)
            return lines.filter { $0.first { !$0.isWhitespace } != "#" }.joined(separator: "\n")
          case .service: return nil
          // Their text is that of the item.
          default: return ""
          }
        }
    }
  }
}
