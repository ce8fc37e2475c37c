// Lanes: services of master.cf that run smtp(8) with an address of their own to send from. One is made where there is
// none yet, and taken away when nothing names it any more, if it was made here.

import PostfixFiles
import Routing

extension MailConfig {
  /// In front of a service that randmap has written.
  private static let laneMark = "# randmap: lane "

  /// The transport that sends from `address`; nil where there is none.
  func lane(from address: String) -> String? {
    master?.services.last { service in
      service.isTransport && service.client == .smtp
        && isSame(address, parameters.seen(by: service).text(Self.bindParameter(address)))
        && service.overrides.contains { $0.name == Self.bindParameter(address) }
    }?.name
  }

  /// An IPv6 address has many spellings.
  private func isSame(_ address: String, _ other: String) -> Bool {
    address == other
      || HostName.addressBytes(Bytes(address.utf8)).map { $0 == HostName.addressBytes(Bytes(other.utf8)) }
        ?? false
  }

  /// The address of `lane:192.0.2.1`; nil of another text, and where master.cf has a transport of that name.
  func laneAddress(_ text: String) -> String? {
    guard text.hasPrefix("lane:"), master?.transport("lane") == nil else { return nil }
    return String(text.dropFirst("lane:".count))
  }

  /// Whether randmap has written the service of a transport.
  func isOwnLane(_ name: String) -> Bool {
    guard let master, let service = master.transport(name) else { return false }
    return mark(of: service, in: master.document) != nil
  }

  /// The line in front of a service that says that randmap has written it.
  private func mark(of service: Service, in document: Document) -> Range<Int>? {
    let start = service.line.range.lowerBound
    guard start > 0, case let line = document.physicalLine(around: start - 1),
      document[line].text.hasPrefix(Self.laneMark)
    else { return nil }
    return line
  }

  /// Whether a service is as `addingLane` writes it, word by word. What a person has written into it is not to be lost; and
  /// where the service smtp has changed since, it is not known whose the difference is.
  private func isAsWritten(_ service: Service, _ mark: Range<Int>, in document: Document) -> Bool {
    let words = document[mark].text.dropFirst(Self.laneMark.count).split(whereSeparator: \.isWhitespace)
    guard let address = words.first.map(String.init), document.innerComments(of: service.line.range).isEmpty
    else { return false }
    let helo = words.count > 1 ? String(words[1]) : nil
    let text = laneText(from: address, greeting: helo)
    let written = MasterCf(Document(path: document.path, bytes: Bytes("\(text)\n".utf8)))
    return written.services.first?.fields.map(\.text) == service.fields.map(\.text)
  }

  private static func bindParameter(_ address: String) -> String {
    HostName.isIPv6(address) ? "smtp_bind_address6" : "smtp_bind_address"
  }

  private static func laneName(_ address: String) -> String {
    "lane-" + address.lowercased().map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
  }

  /// With a service that sends from `address`.
  func addingLane(from address: String, on machine: Machine) throws(EditError) -> MailConfig {
    guard machine.has(address) else {
      throw .badText("lane:\(address)", reason: "\(address) is not an address of this host: set it up first")
    }
    guard let master else {
      throw .cannotPool(
        "lane:\(address)", reason: "master.cf cannot be read, and the lane would be a service there")
    }
    let name = Self.laneName(address)
    guard master.transport(name) == nil else {
      throw .cannotPool(
        "lane:\(address)",
        reason: "master.cf has a service \(name) already, and it sends from another address")
    }
    let helo = machine.nameOfAddress(address)
    var edited = self
    // Of a name that the DNS had, nothing else tells later that no person wrote it.
    let mark = [Self.laneMark + address, helo].compactMap(\.self).joined(separator: " ")
    edited.update(
      master.document.appending("\(mark)\n\(laneText(from: address, greeting: helo))"))
    return edited
  }

  /// A service that sends from `address`. It does what smtp does, but for the address and the names.
  private func laneText(from address: String, greeting helo: String?) -> String {
    let name = Self.laneName(address)
    let model = master?.transport("smtp")
    let fields = (1...7).map { index in
      index == 7 ? "smtp" : model.map { $0.fields[index].text } ?? (index == 1 ? "unix" : "-")
    }
    let own = ["smtp_bind_address", "smtp_bind_address6", "smtp_helo_name", "syslog_name"]
    var settings = (model?.overrides ?? []).filter { !own.contains($0.name) }.map { ($0.name, $0.value.text) }
    settings.append((Self.bindParameter(address), address))
    if let helo { settings.append(("smtp_helo_name", helo)) }
    settings.append(("syslog_name", "postfix/\(name)"))
    let options = settings.map { name, value in
      "\n  -o " + (value.contains { $0.isWhitespace } ? "{ \(name) = \(value) }" : "\(name)=\(value)")
    }
    return "\(name) \(fields.joined(separator: " "))\(options.joined())"
  }

  /// Without the lanes that randmap has made and that nothing names any more.
  func removingUnusedLanes(_ names: Set<String>) -> MailConfig {
    guard let document = master?.document else { return self }
    let splices = unusedLanes(names).filter { isAsWritten($0.service, $0.mark, in: document) }
      .map { service, mark in
        Splice(
          range: mark.lowerBound..<min(service.line.range.upperBound + 1, document.count), bytes: [])
      }
    guard !splices.isEmpty else { return self }
    var edited = self
    edited.update(document.applying(splices))
    return edited
  }

  /// Of these transports the lanes that randmap has made and that nothing names any more.
  private func unusedLanes(_ names: Set<String>) -> [(service: Service, mark: Range<Int>)] {
    guard let master else { return [] }
    let own = master.services.compactMap { service in
      names.contains(service.name) ? mark(of: service, in: master.document).map { (service, $0) } : nil
    }
    guard !own.isEmpty else { return [] }
    let members = transportsOfMembers
    return own.filter { service, _ in !members.contains(service.name) && !isNamed(service.name) }
  }

  /// Without the lanes that an edit of `before` took out of their last place.
  func removingLanes(usedBy before: MailConfig) -> MailConfig { removingUnusedLanes(before.lanesInUse) }

  /// The lanes that randmap has made and that something names.
  private var lanesInUse: Set<String> {
    let own = (master?.services ?? []).map(\.name).filter(isOwnLane)
    guard !own.isEmpty else { return [] }
    let members = transportsOfMembers
    return Set(own.filter { members.contains($0) || isNamed($0) })
  }

  /// What a person has to know of the lanes that `edited` has no use for any more, and that stay all the same.
  func notes(onLanesLeftBy edited: MailConfig) -> [String] {
    edited.unusedLanes(lanesInUse).map {
      "the service \($0.service.name) stays in master.cf, because it is not as randmap wrote it; nothing names it any more"
    }
  }

  /// Those of drained members too, which are comments.
  private var transportsOfMembers: Set<String> { Set(pools().flatMap(\.members).compactMap(\.transport)) }

  /// Whether main.cf, a table or another service has a destination of this transport.
  private func isNamed(_ transport: String) -> Bool {
    let word = "\(transport):"
    func names(_ value: SourcedText) -> Bool { value.text == transport || value.text.contains(word) }
    return !main.document.lines(containing: word).isEmpty
      || files.values.compactMap(\.document).contains { !$0.lines(containing: word).isEmpty }
      || main.assignments.contains { $0.value.text == transport }
      || master?.services.contains { $0.overrides.contains { names($0.value) } } ?? false
  }
}
