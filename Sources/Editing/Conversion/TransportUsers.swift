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
    } || isFiltered(with: services, by: isTaken)
  }

  private static func endsWord(_ character: Character) -> Bool {
    character.isWhitespace || "{}=,".contains(character)
  }

  /// Whether access tables and header checks, in whichever setting, send mail there by FILTER: content_filter for some mail. A file of
  /// theirs that cannot be read here may.
  private func isFiltered(with services: [Service], by isTaken: (String) -> Bool) -> Bool {
    var seen: Set<String> = []
    func isFiltered(_ list: SourcedText, _ name: String) -> Bool {
      if hasUnreadableChecks(list, isOfChecks: name.hasSuffix("_checks")) { return true }
      return texts(of: list).contains { text in
        guard let text, seen.insert(text).inserted else { return false }
        let words = text.split(whereSeparator: Self.endsWord)
        return zip(words, words.dropFirst()).contains { $0.uppercased() == "FILTER" && isTaken(String($1)) }
      }
    }
    let own = parameters
    let isInMain = main.assignments.contains { assignment in
      (try? own.expand(assignment.value, for: assignment.name)).map { isFiltered($0, assignment.name) }
        ?? false
    }
    return isInMain
      || services.contains { service in
        let seen = own.seen(by: service)
        return service.overrides.contains { name, value in
          (try? seen.expand(value, for: name)).map { isFiltered($0, name) } ?? false
        }
      }
  }

  /// Whether a file that may say FILTER cannot be read here: one of header checks, or one after `check_client_access` and the like. What a
  /// server answers is not known either; that of check_policy_service is rarely FILTER.
  private func hasUnreadableChecks(_ list: SourcedText, isOfChecks: Bool, depth: Int = 0) -> Bool {
    var isOfChecks = isOfChecks
    let isList = isOfChecks
    for item in list.listItems {
      if item.bytes.first == .openBrace {
        if depth < TableSpec.maximumDepth,
          hasUnreadableChecks(item.withoutBraces, isOfChecks: isOfChecks, depth: depth + 1)
        {
          return true
        }
      } else if isOfChecks, let tables = (try? TableSpec(item))?.flattened {
        for table in tables {
          if case .file(let path) = table.content, (try? reading(absolute(path))) == nil { return true }
        }
      }
      let word = item.text.lowercased()
      isOfChecks = isList || word.hasPrefix("check_") && word.hasSuffix("_access")
    }
    return false
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
