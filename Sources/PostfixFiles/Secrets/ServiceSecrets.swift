// Passwords in the options and arguments of a service of master.cf.

extension SecretMask {
  /// A line of master.cf as it is shown, and how many braces are open in what is not shown; see `services`.
  static func service(_ line: Bytes, _ names: SecretNames, _ depth: Int?) -> (Bytes, depth: Int?) {
    let start = start(of: line)
    let isIndented = line.first?.isSpace == true
    if let depth {
      let rest = Bytes(line[start...])
      if depth > 0, isIndented || line.first == .hash {
        let now = depth + bracesOpened(by: line[start...])
        return (Bytes(line[..<start]) + stars, now > 0 ? now : nil)
      }
      // Words after the value of an option; the next option begins with a dash.
      if depth == 0, isIndented, !rest.isEmpty, ![UInt8(ascii: "-"), .openBrace].contains(rest[0]),
        !beginsArguments(rest), SecretNames.isSecret(rest, of: "_maps")
      {
        return (Bytes(line[..<start]) + stars, 0)
      }
    }
    let cuts = [assignment(in: line, from: start, names), argument(in: line, from: start, names)].compactMap(
      \.self)
    if let cut = cuts.min(by: { $0.at < $1.at }) {
      let isEmpty = line[cut.at...].allSatisfy(\.isSpace)
      return (Bytes(line[..<cut.at]) + (isEmpty ? Bytes(line[cut.at...]) : stars), cut.open)
    }
    // The "=" may be on the next line.
    if let open = line.lastIndex(of: .openBrace),
      names.isAboutPasswords(Bytes(line[(open + 1)...].filter { !$0.isSpace }).text)
    {
      return (line, 1)
    }
    return (line, nil)
  }

  /// Whether words are those of pipe(8) and spawn(8).
  private static func beginsArguments(_ words: Bytes) -> Bool {
    let name = words.prefix(while: \.isNameByte)
    return words[name.endIndex...].first == UInt8(ascii: "=")
      && ["flags", "user", "argv", "directory", "eol", "null_sender", "size", "chroot"].contains(name.text)
  }

  private static func bracesOpened(by part: ArraySlice<UInt8>) -> Int {
    part.reduce(0) { $0 + ($1 == .openBrace ? 1 : $1 == .closeBrace ? -1 : 0) }
  }

  /// Where the value of a `name=value` begins that is a password.
  private static func assignment(
    in line: Bytes, from start: Int, _ names: SecretNames
  ) -> (at: Int, open: Int?)? {
    var at = start
    var count = 0
    while let equals = line[at...].firstIndex(of: UInt8(ascii: "=")) {
      let before = line[start..<equals].reversed().drop(while: \.isSpace)
      let name = Bytes(before.prefix(while: \.isNameByte).reversed()).text
      let value = line[(equals + 1)...]
      // Looking at the rest for each "=" would take the square of a line's length.
      guard names.isAboutPasswords(name) else {
        at = equals + 1
        continue
      }
      count += 1
      if count > SecretNames.mostInLine { return (equals + 1, 0) }
      // An option ends before the next one, or with the brace that it began with; that may be on the line before.
      let mark = line[start..<equals].last { !$0.isSpace && !$0.isNameByte }
      let isBraced = mark == .openBrace || mark == nil && line.first?.isSpace == true
      let own = isBraced ? value.untilBraceCloses : value.untilNextOption
      let isEmpty = own.allSatisfy(\.isSpace)
      let text = own.reversed().drop { $0.isSpace || $0 == .closeBrace }.reversed()
      if isBraced && isEmpty || SecretNames.isSecret(Bytes(text), of: name) {
        let open = (isBraced ? 1 : 0) + bracesOpened(by: value)
        return (equals + 1, open > 0 ? open : isBraced ? nil : 0)
      }
      // Words may follow on the next line.
      if own.endIndex == line.endIndex { return (line.endIndex, 0) }
      at = equals + 1
    }
    return nil
  }

  /// Where a password begins that is a word of its own: `--password secret`, and `-o smtp_sasl_password_maps static:u:secret`.
  private static func argument(
    in line: Bytes, from start: Int, _ names: SecretNames
  ) -> (at: Int, open: Int?)? {
    let words = line[start...].split(whereSeparator: \.isSpace)
    for (index, word) in words.enumerated() {
      let before = index > 0 ? words[index - 1] : []
      let isOption = before == Bytes("-o".utf8)[...] || before == Bytes("{".utf8)[...]
      let name = word.drop { "{-".utf8.contains($0) }.split(separator: UInt8(ascii: "-")).last ?? []
      guard isOption || word.starts(with: "--".utf8) || word.starts(with: "-o".utf8), !name.isEmpty,
        name.allSatisfy(\.isNameByte), index + 1 < words.count,
        let first = words[index + 1].first, first != UInt8(ascii: "-"), first != UInt8(ascii: "="),
        word.starts(with: "--".utf8)
          ? SecretNames.isAboutPasswords(name.text)
          : names.isAboutPasswords((word.starts(with: "-o".utf8) ? word.dropFirst(2) : name).text)
      else { continue }
      return (words[index + 1].startIndex, word.first == .openBrace ? 1 : 0)
    }
    return nil
  }
}

extension ArraySlice<UInt8> {
  /// Up to the brace that closes the one before it.
  fileprivate var untilBraceCloses: ArraySlice<UInt8> {
    var depth = 1
    for (at, byte) in zip(indices, self) {
      depth += byte == .openBrace ? 1 : byte == .closeBrace ? -1 : 0
      if depth == 0 { return self[..<at] }
    }
    return self
  }

  /// Up to a word that begins with a dash.
  fileprivate var untilNextOption: ArraySlice<UInt8> {
    var at = startIndex
    while at < endIndex {
      if self[at].isSpace, at + 1 < endIndex, self[at + 1] == UInt8(ascii: "-") { return self[..<at] }
      at += 1
    }
    return self
  }
}
