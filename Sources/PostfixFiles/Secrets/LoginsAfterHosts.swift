// A login that a person has put after the host of a next hop: `smtp:[gw1.example]:587:user:password`.

extension Bytes {
  /// The logins after hosts in brackets: `smtp:[gw1.example]:user:password`.
  static func loginsAfterHosts(in word: ArraySlice<UInt8>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var from = word.startIndex
    while let open = word[from...].firstIndex(of: UInt8(ascii: "[")) {
      let host = word[(open + 1)...].prefix { $0.isNameByte || $0 > 0x7F || "-.:".utf8.contains($0) }
      from = host.endIndex
      guard !host.isEmpty, word[host.endIndex...].starts(with: "]:".utf8) else { continue }
      // The next member begins after a sign that parts them.
      let rest = word[(host.endIndex + 2)...].prefix { !"!|;()".utf8.contains($0) }
      from = rest.endIndex
      if let secret = login(afterPort: rest), !isTyped(word) { found.append(secret) }
    }
    return found
  }

  /// The login of the first member that has it after a host without brackets: `smtp:gw1.example:587:user:password`.
  static func loginAfterName(_ word: ArraySlice<UInt8>) -> Range<Int>? {
    var start = word.startIndex
    while start < word.endIndex {
      let member = word[start...].prefix { !"!|;()".utf8.contains($0) }
      start = member.endIndex + 1
      let name = member.prefix { $0.isNameByte || $0 == UInt8(ascii: "-") }
      let host = member[name.endIndex...].dropFirst().prefix { $0.isNameByte || "-.".utf8.contains($0) }
      guard member[name.endIndex...].first == .colon, isTransport(name), host.contains(UInt8(ascii: ".")),
        member[host.endIndex...].first == .colon,
        let secret = login(afterPort: member[(host.endIndex + 1)...]), !member[secret.lowerBound].isDigit
      else { continue }
      return secret
    }
    return nil
  }

  /// The login in one next hop that has it after its host.
  static func loginAfterHost(_ word: ArraySlice<UInt8>) -> Range<Int>? {
    if word.first == UInt8(ascii: "[") { return loginsAfterHosts(in: word).first }
    guard let colon = word.firstIndex(of: .colon), word[..<colon].dropFirst().contains(UInt8(ascii: "."))
    else {
      return nil
    }
    return login(afterPort: word[(colon + 1)...])
  }

  /// `user:password`, a port before it or not.
  private static func login(afterPort rest: ArraySlice<UInt8>) -> Range<Int>? {
    var rest = rest
    let port = rest.prefix { $0 != .colon }
    if port.endIndex < rest.endIndex, !isSecret(port) { rest = rest[(port.endIndex + 1)...] }
    let user = rest.prefix { $0 != .colon }
    let password = rest[user.endIndex...].dropFirst()
    guard isUser(user, isPlace: true), !user.isEmpty, !password.isEmpty, password.first != UInt8(ascii: "[")
    else {
      return nil
    }
    return rest.startIndex..<rest.endIndex
  }
}
