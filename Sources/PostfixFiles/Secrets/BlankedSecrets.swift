// A configuration whose passwords are blanked: what is found in it has the same places, and says none of them.

/// A configuration without its passwords.
package struct BlankedSecrets: Sendable {
  /// Each sign of a password that means nothing is an X there.
  package let config: MailConfig
  /// The words of the passwords, in lower case: what a text must not have in it.
  private let words: Set<String>

  fileprivate init(_ config: MailConfig, words: Set<String>) {
    self.config = config
    self.words = words
  }

  /// Those of the texts that may show a password, or the start of a long one: more than that many comparisons take longer
  /// than another look at the configuration.
  package func suspicious<Item>(_ items: [Item], _ texts: (Item) -> [String]) -> [Item] {
    if words.count * items.count > 1_000_000 { return items }
    let starts = words.map { String($0.prefix(40)) }
    return items.filter { item in
      texts(item).contains { text in
        let text = text.lowercased()
        return text.contains("...") || starts.contains { $0.utf8.count > 3 && text.contains($0) }
          || areNamed(in: text)
      }
    }
  }

  /// Whether a text has a word of a password in it.
  package func areNamed(in text: String) -> Bool {
    let bytes = Bytes(text.lowercased().utf8)
    return bytes.split { !BlankedSecrets.isOfWord($0) }.contains { words.contains($0.text) }
  }

  /// What was found in the blanked configuration, as it is shown: the length of a password is secret either.
  package static func shown(_ text: String) -> String {
    guard text.utf8.contains(fill) else { return text }
    let bytes = Bytes(text.utf8)
    var shown = Bytes()
    var at = 0
    while at < bytes.count {
      let isStart = bytes[at] == fill && (at == 0 || !bytes[at - 1].isNameByte)
      guard isStart else {
        shown.append(bytes[at])
        at += 1
        continue
      }
      let (end, isWhole) = Self.endOfBlanked(bytes, from: at)
      shown += isWhole ? Bytes("********".utf8) : Bytes(bytes[at..<end])
      at = end
    }
    return shown.text
  }

  /// Where a row of blanked words ends, with the signs between them, and whether nothing else goes on with its last word.
  private static func endOfBlanked(_ bytes: Bytes, from start: Int) -> (end: Int, isWhole: Bool) {
    var end = start
    while true {
      while end < bytes.count, bytes[end] == fill { end += 1 }
      let signs = bytes[end...].prefix(3).prefix { $0 != fill && !$0.isSpace && !$0.isNameByte && $0 != 0x22 }
      let next = end + signs.count
      guard !signs.isEmpty, next < bytes.count, bytes[next] == fill else { break }
      end = next
    }
    // One X is a word of its own as often as not.
    return (end, end - start > 1 && (end == bytes.count || !bytes[end].isNameByte))
  }

  static let fill = UInt8(ascii: "X")

  /// Whether a byte is blanked, and not a sign that says what a text is.
  static func isOfWord(_ byte: UInt8) -> Bool { !byte.isSpace && !":,{}=$()/.[]@\"-_#".utf8.contains(byte) }

  /// The documents with passwords in them, each sign of those a star.
  package func covering(_ documents: [Document]) -> [Document] {
    documents.map { document in
      guard let blanked = config.document(document.path), blanked.bytes != document.bytes else {
        return document
      }
      let bytes = zip(document.bytes, blanked.bytes).map { $0 == $1 ? $0 : UInt8(ascii: "*") }
      return Document(path: document.path, bytes: bytes)
    }
  }
}

extension MailConfig {
  /// The same without passwords; nil where none was found.
  package var blankedSecrets: BlankedSecrets? { workedOut { Blanked(secrets: blankingSecrets()) }.secrets }

  /// What was worked out may be that there are none.
  private struct Blanked: Sendable { let secrets: BlankedSecrets? }

  private func blankingSecrets() -> BlankedSecrets? {
    let others = files.merging(otherFiles) { first, _ in first }
      .filter { $0.value.document?.maySetPasswords ?? false }.keys
    // Their logins are none where a next hop has a transport before it.
    let ofNextHops = nextHopFiles.filter { path in
      document(path).map { $0.bytes.hidingLoginsOfNextHops != $0.bytes } ?? false
    }
    let tables = credentialFiles.union(others).union(ofNextHops)
    let isInTables =
      tables.contains { document($0) != nil } || unnamedFiles.values.contains(where: \.holdsPasswords)
    let own = [main.document, master?.document].compactMap(\.self).filter {
      $0.mayHoldPasswords || SecretMask.haveLoginsOfNextHops($0.bytes)
    }
    guard isInTables || !own.isEmpty else { return nil }
    var blanked = self
    var words: Set<String> = []
    func blank(_ document: Document) -> Document? {
      let text = document.bytes
      var bytes = text
      for range in secretRanges(of: document) {
        var keys = keysOfCredentials(text[range])[...]
        for word in text[range].split(whereSeparator: { !BlankedSecrets.isOfWord($0) }) {
          while let key = keys.first, key.upperBound <= word.startIndex { keys.removeFirst() }
          // The type of a table and the names of options say what the rest is.
          let isType =
            word.endIndex < text.count && text[word.endIndex] == .colon && TableType(word.text).isPostfixs
          let isOption =
            word.count == 1 && word.startIndex > 1 && text[word.startIndex - 1] == UInt8(ascii: "-")
            && text[word.startIndex - 2].isSpace
          if isType || isOption || keys.first?.contains(word.startIndex) == true { continue }
          // One or two signs are in every text.
          if word.count > 2 || word.contains(where: { $0.isNameByte || $0 > 0x7F }) {
            words.insert(word.text.lowercased())
          }
          for at in word.indices { bytes[at] = BlankedSecrets.fill }
        }
      }
      return bytes == text ? nil : Document(path: document.path, bytes: bytes)
    }
    if own.contains(where: { $0.path == main.document.path }), let document = blank(main.document) {
      blanked.main = MainCf(document)
    }
    if let master, own.contains(where: { $0.path == master.document.path }),
      let document = blank(master.document)
    {
      blanked.master = MasterCf(document)
    }
    for path in tables {
      if let document = otherFiles[path]?.document.flatMap(blank) {
        blanked.otherFiles[path] = .read(document)
      }
      if let document = files[path]?.document.flatMap(blank) { blanked.files[path] = .read(document) }
    }
    for (path, document) in unnamedFiles where document.holdsPasswords {
      if let document = blank(document) { blanked.unnamedFiles[path] = document }
    }
    return words.isEmpty ? nil : BlankedSecrets(blanked, words: words)
  }

  /// Where the passwords of a document are, in order.
  private func secretRanges(of document: Document) -> [Range<Int>] {
    var mask = mask(of: document.path, document.bytes, sparing: true)
    var ranges: [Range<Int>] = []
    var start = 0
    for part in document.bytes.split(separator: .newline, omittingEmptySubsequences: false) {
      let line = Bytes(part)
      let shown = mask.line(line)
      if shown != line {
        let same = zip(line, shown).prefix { $0 == $1 }.count
        // After a password in a URL the line goes on.
        let kept = zip(line[same...].reversed(), shown[same...].reversed()).prefix { $0 == $1 }.count
        ranges.append(start + same..<start + line.count - kept)
      }
      start += line.count + 1
    }
    return ranges
  }
}

/// The keys of an inline: table of credentials, which are no secrets where they are hosts.
private func keysOfCredentials(_ text: ArraySlice<UInt8>) -> [Range<Int>] {
  text.indices.filter { text[$0] == .openBrace }.compactMap { open in
    let part = text[(open + 1)...].prefix { !"{}=".utf8.contains($0) }
    let key = part.filter { !$0.isSpace }
    guard part.endIndex < text.endIndex, text[part.endIndex] == UInt8(ascii: "="),
      key.contains(where: { "[.".utf8.contains($0) }), hostOfCredentials(key).count == key.count
    else { return nil }
    return part.startIndex..<part.endIndex
  }
}

extension Document {
  /// Whether a table may be the settings of a database, by mistake. Nearly none is, and one may be large.
  fileprivate var maySetPasswords: Bool {
    ["passw", "bind_pw", "secret"].contains { !positions(of: $0).isEmpty }
      || mayHaveLogins(bytes, countsSlashes: false)
  }

  /// Whether a password may be in it, by the words that a name of one has: nearly all files have none of them.
  fileprivate var mayHoldPasswords: Bool {
    if mayHaveLogins(bytes, countsSlashes: false) { return true }
    let text = Bytes(bytes.text.lowercased().utf8)
    return ["passw", "secret", "bindpw", "_pw", "://"].contains { word in
      !wordStarts(in: text, of: Bytes(word.utf8)).isEmpty
    }
  }
}
