// Lanes: services of master.cf that run smtp(8) with an address of their own to send from. Each does what the transport does that
// it stands for: it has its options, so that a login and TLS stay as they are. One is made where there is none yet, and taken away
// when nothing names it any more, if it was made here.

import PostfixFiles
import Routing

extension MailConfig {
  /// The transports that send from `address`.
  func lanes(from address: String) -> [String] {
    (master?.services ?? []).filter { service in
      service.isTransport && service.client == .smtp
        && isSame(address, parameters.seen(by: service).text(Self.bindParameter(address)))
        && service.overrides.contains { $0.name == Self.bindParameter(address) }
    }.map(\.name)
  }

  /// The one that stands for `model`, or that a person wrote; nil where there is none.
  func lane(from address: String, like model: String) -> String? {
    let lanes = lanes(from: address)
    return lanes.last { laneModel(of: $0) == model }
      ?? lanes.last { lane in
        laneModel(of: lane) == nil || optionsOfLane(like: lane) == optionsOfLane(like: model)
      }
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
  func isOwnLane(_ name: String) -> Bool { laneModel(of: name) != nil }

  /// The transport that a lane stands for, where randmap has written it.
  func laneModel(of name: String) -> String? {
    guard let master, let service = master.transport(name) else { return nil }
    return mark(of: service, in: master.document)?.mark.model
  }

  /// The one transport that the lanes of these pools stand for; nil where they are none, where they differ, and for the usual one,
  /// as then it is that of the parameter.
  func laneModel(of sites: [PoolSite]) -> String? {
    let models = Set(sites.flatMap(\.content.transports).map(laneModel))
    guard models.count == 1, let model = models.first.flatMap(\.self), model != LaneMark.usual,
      gatewayTransport(model) != nil
    else { return nil }
    return model
  }

  /// The line in front of a service that says that randmap has written it.
  private func mark(of service: Service, in document: Document) -> (line: Range<Int>, mark: LaneMark)? {
    let start = service.line.range.lowerBound
    guard start > 0, case let line = document.physicalLine(around: start - 1),
      let mark = LaneMark(document[line].text)
    else { return nil }
    return (line, mark)
  }

  /// Whether a service is as `addingLane` writes it, word by word. What a person has written into it is not to be lost; and
  /// where the service that it stands for has changed since, it is not known whose the difference is.
  private func isAsWritten(_ service: Service, _ mark: LaneMark, in document: Document) -> Bool {
    guard document.innerComments(of: service.line.range).isEmpty else { return false }
    let text = laneText(service.name, mark)
    let written = MasterCf(Document(path: document.path, bytes: Bytes("\(text)\n".utf8)))
    return written.services.first?.fields.map(\.text) == service.fields.map(\.text)
  }

  private static func bindParameter(_ address: String) -> String {
    HostName.isIPv6(address) ? "smtp_bind_address6" : "smtp_bind_address"
  }

  private static func word(_ text: String) -> String {
    text.lowercased().map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
  }

  /// With a service that sends from `address`.
  ///
  /// - Parameter model: the transport that it stands for.
  func addingLane(
    from address: String, like model: String, on machine: Machine
  ) throws(EditError) -> MailConfig {
    guard machine.has(address) else {
      throw .badText("lane:\(address)", reason: "\(address) is not an address of this host: set it up first")
    }
    guard let master else {
      throw .cannotPool(
        "lane:\(address)", reason: "master.cf cannot be read, and the lane would be a service there")
    }
    let own = "lane-\(Self.word(address))"
    // The address may have a lane already, which stands for another transport.
    let names = lanes(from: address).contains(own) ? [own, "\(own)-\(Self.word(model))"] : [own]
    guard let name = names.first(where: { master.transport($0) == nil }) else {
      throw .cannotPool(
        "lane:\(address)",
        reason: "master.cf has a service \(names.last ?? own) already: rename or remove that one")
    }
    // Of a name that the DNS had, nothing else tells later that no person wrote it.
    let mark = LaneMark(address: address, greeting: machine.nameOfAddress(address), model: model)
    var edited = self
    edited.update(master.document.appending("\(mark.text)\n\(laneText(name, mark))"))
    return edited
  }

  /// The service of a lane: that which it stands for, but for the address and the names.
  private func laneText(_ name: String, _ mark: LaneMark) -> String {
    let model = master?.transport(mark.model)
    let fields = (1...7).map { index in
      index == 7 ? "smtp" : model.map { $0.fields[index].text } ?? (index == 1 ? "unix" : "-")
    }
    var settings = optionsOfLane(like: mark.model)
    settings.append([Self.bindParameter(mark.address), mark.address])
    if let helo = mark.greeting { settings.append(["smtp_helo_name", helo]) }
    settings.append(["syslog_name", "postfix/\(name)"])
    let options = settings.map { setting in
      let (name, value) = (setting[0], setting[1])
      return "\n  -o " + (value.contains { $0.isWhitespace } ? "{ \(name) = \(value) }" : "\(name)=\(value)")
    }
    return "\(name) \(fields.joined(separator: " "))\(options.joined())"
  }

  /// What a lane takes over from the service that it stands for: names and values.
  private func optionsOfLane(like model: String) -> [[String]] {
    let own = ["smtp_bind_address", "smtp_bind_address6", "smtp_helo_name", "syslog_name"]
    return (master?.transport(model)?.overrides ?? []).filter { !own.contains($0.name) }
      .map { [$0.name, $0.value.text] }
  }

  /// Without the lanes that randmap has made and that nothing names any more.
  func removingUnusedLanes(_ names: Set<String>) -> MailConfig {
    guard let document = master?.document else { return self }
    let splices = unusedLanes(names).filter { isAsWritten($0.service, $0.mark, in: document) }
      .map { service, line, _ in
        Splice(
          range: line.lowerBound..<min(service.line.range.upperBound + 1, document.count), bytes: [])
      }
    guard !splices.isEmpty else { return self }
    var edited = self
    edited.update(document.applying(splices))
    return edited
  }

  /// Of these transports the lanes that randmap has made and that nothing names any more.
  private func unusedLanes(_ names: Set<String>) -> [(service: Service, line: Range<Int>, mark: LaneMark)] {
    guard let master else { return [] }
    let own = master.services.compactMap { service in
      names.contains(service.name)
        ? mark(of: service, in: master.document).map { (service, $0.line, $0.mark) } : nil
    }
    guard !own.isEmpty else { return [] }
    let members = transportsOfMembers
    return own.filter { service, _, _ in !members.contains(service.name) && !isNamed(service.name) }
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
