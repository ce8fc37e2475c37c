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
    return diff.showing { line in
      let masked = line.newNumber.map { new[$0] } ?? line.oldNumber.map { old[$0] } ?? nil
      return masked ?? line.bytes
    }
  }

  /// What stands in the way of an undo, without passwords. Of parts of a text nobody knows what stood before them: what goes on
  /// with it counts as a password where the file has one in its place.
  package func maskedLines(of places: [UndoConflict]) -> [String] {
    places.flatMap { place in
      place.showing { lines in
        var mask = mask(of: place.path, main.document.bytes, isPart: true)
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
    if credentialFiles.contains(path) { return .credentials }
    if path == master?.document.path { return .services() }
    guard path == main.document.path else { return .other }
    let names = SecretNames(text)
    return .settings(names, isInSecret: isPart && names.haveSecrets)
  }

  /// The files of the tables of credentials, of main.cf and of services of their own.
  private var credentialFiles: Set<String> {
    var items = SecretNames.credentialTables.flatMap(tables)
    for override in (master?.services ?? []).flatMap(\.overrides)
    where SecretNames.credentialTables.contains(override.name) {
      items += override.value.listItems.compactMap { item in (try? TableSpec(item)).map { .success($0) } }
    }
    return Set(
      items.compactMap { item in
        guard case .success(let spec) = item, case .file(let path) = spec.unproxied.content else {
          return nil
        }
        return absolute(path)
      })
  }
}

/// Which parameters of a main.cf have a password in their value.
private struct SecretNames {
  static let credentialTables = ["smtp_sasl_password_maps", "lmtp_sasl_password_maps"]

  private let names: Set<String>
  private let values: [String: [String]]

  init(_ main: Bytes) {
    var values: [String: [String]] = [:]
    for assignment in MainCf(Document(path: "main.cf", bytes: main)).assignments {
      values[assignment.name, default: []].append(assignment.value.text)
    }
    // `creds = inline:{...}` with `smtp_sasl_password_maps = $creds` is about passwords too.
    var names = Set(values.keys.filter(Self.isAboutPasswords))
    var open = Array(names)
    while let name = open.popLast() {
      for word in (values[name] ?? []).flatMap(Self.references) where names.insert(word).inserted {
        open.append(word)
      }
    }
    self.names = names
    self.values = values
  }

  func isAboutPasswords(_ name: String) -> Bool { names.contains(name) || Self.isAboutPasswords(name) }

  /// Whether a parameter is about passwords, and has one in its value rather than in a table.
  func haveSecret(_ name: String) -> Bool {
    names.contains(name)
      && (values[name] ?? []).contains {
        Self.isAboutPasswords(name) ? Self.isSecret($0.utf8) : Self.hasTableInPlace($0)
      }
  }

  var haveSecrets: Bool { names.contains(where: haveSecret) }

  private static func hasTableInPlace(_ value: String) -> Bool {
    value.contains("inline:") || value.contains("static:")
  }

  static func isAboutPasswords(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["password", "passwd", "secret", "bindpw"].contains { name.contains($0) } || name.hasSuffix("_pw")
  }

  /// Whether a value of such a parameter has the password itself in it: it does not name tables or other parameters alone.
  static func isSecret(_ value: some Collection<UInt8>) -> Bool {
    let text = String(decoding: value, as: UTF8.self)
    if hasTableInPlace(text) { return true }
    return text.split { $0.isWhitespace || $0 == "," }.contains { word in
      guard let first = word.first, first != "$", first != "/" else { return false }
      let type = String(word.prefix { $0 != ":" })
      if type.count == word.count { return true }
      return if case .other = TableType(type) { !askedTypes.contains(type) } else { false }
    }
  }

  /// The tables that a server or a database is asked for (postconf -m).
  private static let askedTypes: Set = [
    "environ", "fail", "internal", "ldap", "memcache", "mongodb", "mysql", "netinfo", "nis", "nisplus",
    "pgsql",
    "socketmap", "sqlite", "tcp", "unix",
  ]

  private static func references(_ value: String) -> [String] {
    value.split(separator: "$", omittingEmptySubsequences: false).dropFirst().map { part in
      String(part.drop { "({".contains($0) }.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }
  }
}

/// Goes through the lines of a file, in their order.
private enum SecretMask {
  case credentials
  case settings(SecretNames, isInSecret: Bool = false)
  case services(isInSecret: Bool = false)
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
    case .services(let isInSecret):
      let (shown, goesOn) = Self.service(line, isInSecret)
      self = .services(isInSecret: goesOn)
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
    if line.first(where: { !$0.isSpace }) == .hash {
      // An entry has two words; what has more is a sentence.
      let words = line[start...].split(whereSeparator: \.isSpace)
      guard words.count == 2, words[1].contains(.colon) else { return line }
    }
    // After the key; a line that goes on has none.
    let isFurther = line.first?.isSpace == true
    let user = isFurther ? start : line[start...].firstIndex(where: \.isSpace)
    guard let user, let colon = line[user...].firstIndex(of: .colon) else { return line }
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
        ? names.isAboutPasswords(name.text) && (isEmpty || SecretNames.isSecret(value))
        : names.haveSecret(name.text)
      if isSecret {
        return (isEmpty ? line : Bytes(line[...rest.startIndex]) + Bytes(" ".utf8) + stars, true)
      }
      // What stood there before goes on behind such a comment.
      return (line, isComment && isInSecret)
    }
    guard isInSecret else { return (line, false) }
    if isComment, !line[start...].contains(where: { ":={".utf8.contains($0) }) { return (line, true) }
    guard isComment || line.first?.isSpace == true else { return (line, false) }
    return (Bytes(line[..<start]) + stars, true)
  }

  private static func service(_ line: Bytes, _ isInSecret: Bool) -> (Bytes, goesOn: Bool) {
    let start = start(of: line)
    if isInSecret, line.first?.isSpace == true || line.first == .hash {
      return (Bytes(line[..<start]) + stars, !line.contains(.closeBrace))
    }
    var at = start
    while let equals = line[at...].firstIndex(of: UInt8(ascii: "=")) {
      let before = line[start..<equals].reversed().drop(while: \.isSpace)
      let name = Bytes(before.prefix(while: \.isNameByte).reversed()).text
      let value = line[(equals + 1)...]
      if SecretNames.isAboutPasswords(name), SecretNames.isSecret(value.prefix { $0 != UInt8(ascii: "}") }) {
        let isOpen = value.count { $0 == .openBrace } > value.count { $0 == .closeBrace }
        return (Bytes(line[...equals]) + stars, isOpen)
      }
      at = equals + 1
    }
    return (line, false)
  }
}

extension Bytes {
  /// `ldap://user:********@host`.
  fileprivate var withoutURLPasswords: Bytes {
    guard contains(.colon), contains(UInt8(ascii: "@")) else { return self }
    return Bytes(text.replacing(/(:\/\/[^\/\s:@]*:)[^\/\s@]+@/) { "\($0.output.1)********@" }.utf8)
  }
}
