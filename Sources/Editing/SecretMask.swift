// Passwords in a diff that is shown or handed on: the lines stay, the secrets do not. What a line is depends on the lines before
// it, which a diff may not show, so that the whole texts are gone through.

import Changes
import PostfixFiles

extension MailConfig {
  /// The diffs of all files of a change, without their passwords.
  package func maskedDiff(of set: ChangeSet) -> Bytes {
    set.changes.flatMap { masked(FileDiff($0)).unified }
  }

  /// A diff without passwords: what follows the colon of `user:password` in a table of credentials, the whole value of a parameter
  /// that is about passwords and has them in its place, and those in a URL; in comments too.
  package func masked(_ diff: FileDiff) -> FileDiff {
    if diff.hunks.isEmpty { return diff }
    let old = maskedLines(diff.before, of: diff.path)
    let new = maskedLines(diff.after, of: diff.path)
    // A line that stays may be about a password in one of the texts only.
    return diff.showing { line in
      line.newNumber.flatMap { new[$0] } ?? line.oldNumber.flatMap { old[$0] } ?? line.bytes
    }
  }

  /// What stands in the way of an undo, without passwords. Of parts of a text nobody knows what stood before them: what goes on
  /// with it counts as a password where the file has one in its place.
  package func maskedLines(of places: [UndoConflict]) -> [String] {
    places.flatMap { place in
      // A password may be gone from the file since.
      let known = [main.document.bytes] + place.left + place.now + place.wanted
      let text = Bytes(known.map { $0.last == .newline ? $0 : $0 + [.newline] }.joined())
      return place.showing { lines in
        var mask = mask(of: place.path, text, isPart: true)
        return lines.map { mask.line($0).withoutURLPasswords }
      }.lines
    }
  }

  /// The lines of a file that are not shown as they are, by their numbers from 1.
  private func maskedLines(_ text: Bytes, of path: String) -> [Int: Bytes] {
    var mask = mask(of: path, text)
    var masked: [Int: Bytes] = [:]
    for (index, line) in text.split(separator: .newline, omittingEmptySubsequences: false).enumerated() {
      let shown = mask.line(Bytes(line)).withoutURLPasswords
      if shown != Bytes(line) { masked[index + 1] = shown }
    }
    return masked
  }

  private func mask(of path: String, _ text: Bytes, isPart: Bool = false) -> SecretMask {
    // A directory has several spellings, and the history knows its real path.
    let real = FileReader.realPath(path) ?? path
    func isThere(_ other: String?) -> Bool {
      other.map { $0 == path || FileReader.realPath($0) == real } ?? false
    }
    if credentialFiles.contains(where: isThere) { return .credentials }
    let (isMain, isMaster) = (isThere(main.document.path), isThere(master?.document.path))
    let services =
      (master?.services ?? []) + (isMaster ? MasterCf(Document(path: path, bytes: text)).services : [])
    let names = SecretNames(isMain ? text : main.document.bytes, overrides: services.flatMap(\.overrides))
    if isMaster { return .services(names) }
    if isMain { return .settings(names, isInSecret: isPart && names.haveSecrets) }
    // The history has writes of files that no setting names any more.
    let holdsPasswords = Document(path: path, bytes: text).holdsPasswords
    return holdsPasswords && !files.keys.contains(where: isThere) ? .credentials : .other
  }

  /// The files of the tables of credentials, of main.cf and of services of their own.
  private var credentialFiles: Set<String> {
    var items = SecretNames.credentialTables.flatMap(tables)
    for override in (master?.services ?? []).flatMap(\.overrides)
    where SecretNames.credentialTables.contains(override.name) {
      let value = (try? parameters.expand(override.value)) ?? override.value
      items += value.listItems.compactMap { item in (try? TableSpec(item)).map { .success($0) } }
    }
    let specs = items.compactMap { try? $0.get() }.flatMap { [$0.unproxied] + $0.flattened.map(\.unproxied) }
    return Set(
      specs.compactMap { spec in
        if case .file(let path) = spec.content { absolute(path) } else { nil }
      })
  }
}

/// Goes through the lines of a file, in their order.
private enum SecretMask {
  case credentials
  case settings(SecretNames, isInSecret: Bool = false)
  /// `depth` is how many braces are open in a value with a password; nil outside of one.
  case services(SecretNames, depth: Int? = nil)
  case other

  private static let stars = Bytes("********".utf8)

  mutating func line(_ line: Bytes) -> Bytes {
    switch self {
    case .other: return line
    case .credentials: return Self.credential(line)
    case .settings(let names, let isInSecret):
      let (shown, goesOn) = Self.setting(line, names, isInSecret)
      self = .settings(names, isInSecret: goesOn)
      return shown
    case .services(let names, let depth):
      let (shown, next) = Self.service(line, names, depth)
      self = .services(names, depth: next)
      return shown
    }
  }

  /// Where the text of a line begins, behind the marks of a comment.
  private static func start(of line: Bytes) -> Int {
    let isComment = line.first { !$0.isSpace } == .hash
    return line.firstIndex { !$0.isSpace && !(isComment && $0 == .hash) } ?? line.count
  }

  private static func credential(_ line: Bytes) -> Bytes {
    let start = start(of: line)
    let isComment = line.first { !$0.isSpace } == .hash
    if isComment {
      // The second word of an entry is user:password; a sentence has a colon at the end of a word, if any.
      let words = line[start...].split(whereSeparator: \.isSpace)
      guard words.count != 1 else { return Bytes(line[..<start]) + credentialKey(Bytes(line[start...])) }
      guard words.count > 1, let colon = words[1].firstIndex(of: .colon), colon > words[1].startIndex,
        words.count == 2 || colon < words[1].endIndex - 1
      else { return line }
    }
    // After the key; a line that goes on has none.
    let isFurther = line.first?.isSpace == true && !isComment
    let user = isFurther ? start : line[start...].firstIndex(where: \.isSpace)
    // A line without a blank is no entry, and has the password in it where "=" stands for the blank.
    guard let user else { return Bytes(line[..<start]) + credentialKey(Bytes(line[start...])) }
    guard let colon = line[user...].firstIndex(of: .colon) else {
      let value = line[user...].firstIndex { !$0.isSpace }
      return value.map { Bytes(line[..<$0]) + stars } ?? line
    }
    return Bytes(line[...colon]) + stars
  }

  private static func setting(
    _ line: Bytes, _ names: SecretNames, _ isInSecret: Bool
  ) -> (Bytes, goesOn: Bool) {
    guard let first = line.first(where: { !$0.isSpace }) else { return (line, isInSecret) }
    let isComment = first == .hash
    let start = start(of: line)
    let name = line[start...].prefix(while: \.isNameByte)
    let rest = line[name.endIndex...].drop(while: \.isSpace)
    if isComment || line.first?.isSpace == false, !name.isEmpty, rest.first == UInt8(ascii: "=") {
      let value = rest.dropFirst()
      let isEmpty = value.allSatisfy(\.isSpace)
      // A comment is no setting, so that only its own words say what it holds.
      let isSecret =
        isComment
        ? names.isAboutPasswords(name.text) && (isEmpty || SecretNames.isSecret(value, of: name.text))
        : names.haveSecret(name.text)
      if isSecret {
        return (isEmpty ? line : Bytes(line[...rest.startIndex]) + Bytes(" ".utf8) + stars, true)
      }
      // What stood there before goes on behind such a comment.
      return (line, isComment && isInSecret)
    }
    // The "=" may stand on the next line.
    if !isInSecret, !name.isEmpty, rest.isEmpty, isComment || line.first?.isSpace == false,
      names.isAboutPasswords(name.text)
    {
      return (line, true)
    }
    if isComment, !isInSecret { return (names.maskingSentence(line), false) }
    guard isInSecret else { return (line, false) }
    // A part of a value that is commented out is indented; a sentence about the next line is not.
    let isIndented = line[..<start].count(where: \.isSpace) > 1
    if isComment, !isIndented, !line[start...].contains(where: { ":={".utf8.contains($0) }) {
      return (line, true)
    }
    guard isComment || line.first?.isSpace == true else { return (line, false) }
    return (Bytes(line[..<start]) + stars, true)
  }

  private static func service(_ line: Bytes, _ names: SecretNames, _ depth: Int?) -> (Bytes, depth: Int?) {
    let start = start(of: line)
    func change(_ part: ArraySlice<UInt8>) -> Int {
      part.reduce(0) { $0 + ($1 == .openBrace ? 1 : $1 == .closeBrace ? -1 : 0) }
    }
    if let depth, line.first?.isSpace == true || line.first == .hash {
      let now = depth + change(line[start...])
      return (Bytes(line[..<start]) + stars, now > 0 ? now : nil)
    }
    var at = start
    while let equals = line[at...].firstIndex(of: UInt8(ascii: "=")) {
      let before = line[start..<equals].reversed().drop(while: \.isSpace)
      let name = Bytes(before.prefix(while: \.isNameByte).reversed()).text
      let value = line[(equals + 1)...]
      // An option ends with its word, or with the brace that it began with; that may be on the line before.
      let mark = line[start..<equals].last { !$0.isSpace && !$0.isNameByte }
      let isBraced = mark == .openBrace || mark == nil && line.first?.isSpace == true
      let own = isBraced ? value : value.prefix { !$0.isSpace }
      let isEmpty = own.allSatisfy(\.isSpace)
      let text = own.reversed().drop { $0.isSpace || $0 == .closeBrace }.reversed()
      if names.isAboutPasswords(name), isEmpty || SecretNames.isSecret(Bytes(text), of: name) {
        let open = (isBraced ? 1 : 0) + change(value)
        return (Bytes(line[...equals]) + (isEmpty ? Bytes(value) : stars), open > 0 ? open : nil)
      }
      at = equals + 1
    }
    // The "=" may stand on the next line.
    if let open = line.lastIndex(of: .openBrace),
      names.isAboutPasswords(Bytes(line[(open + 1)...].filter { !$0.isSpace }).text)
    {
      return (line, 1)
    }
    return (line, nil)
  }
}

extension Bytes {
  /// `ldap://user:********@host`. A password may have an "@" or a "/" in it: the last "@" before white space ends it.
  fileprivate var withoutURLPasswords: Bytes {
    let (slash, at) = (UInt8(ascii: "/"), UInt8(ascii: "@"))
    var masked = self
    var start = 0
    while let colon = masked[start...].firstIndex(of: .colon) {
      start = colon + 1
      guard masked[start...].starts(with: [slash, slash]) else { continue }
      let rest = masked[(colon + 3)...].prefix { !$0.isSpace && $0 != UInt8(ascii: ",") }
      guard let end = rest.lastIndex(of: at), let user = rest[..<end].firstIndex(of: .colon) else { continue }
      masked.replaceSubrange((user + 1)..<end, with: "********".utf8)
      start = user + 10
    }
    return masked
  }
}
