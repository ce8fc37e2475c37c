// Which parameters of main.cf and master.cf have a password in their value. Postfix has no list of them: people give them names.

/// Which parameters have a password in their value, rather than in a table that the value names.
package struct SecretNames: Sendable {
  /// Those that are about passwords by their name, and those that they refer to.
  private var names: Set<String> = []
  private var spared: Set<String> = []
  private var values: [String: [String]] = [:]
  /// Those of all with a password in one of their values.
  private var secret: Set<String> = []
  /// No real line has more settings about passwords. What follows is hidden unseen: to look at the rest of a line for each
  /// of thousands takes the square of its length.
  static let mostInLine = 20

  /// - Parameter sparing: whether a value stays that something else refers to as well: the directory in
  ///   `hash:$dir/sasl_passwd` and `hash:$dir/transport` is no password.
  init(
    _ assignments: [Assignment], overrides: [(name: String, value: SourcedText)], sparing: Bool = false
  ) {
    for assignment in assignments { values[assignment.name, default: []].append(assignment.value.text) }
    for override in overrides { values[override.name, default: []].append(override.value.text) }
    names = Set(values.keys.filter(Self.isAboutPasswords))
    var open = Array(names)
    while let name = open.popLast() {
      // What Postfix itself has a name for is no password: $config_directory, $myhostname.
      for word in (values[name] ?? []).flatMap(Self.references)
      where !Self.isPostfixs(word) && names.insert(word).inserted {
        open.append(word)
      }
    }
    if sparing {
      let others = values.filter { [names] in !names.contains($0.key) }.values
      spared = Set(others.joined().flatMap(Self.uses))
      names.subtract(spared)
    }
    secret = names.filter { name in (values[name] ?? []).contains { Self.isSecret($0.utf8, of: name) } }
  }

  /// What a value refers to, and what it names as a pool.
  private static func uses(_ value: String) -> [String] {
    let pools = value.split(separator: "randmap:", omittingEmptySubsequences: false).dropFirst().map { part in
      String(part.drop { $0 == "!" }.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }
    return references(value) + pools
  }

  func isAboutPasswords(_ name: String) -> Bool {
    names.contains(name) || Self.isAboutPasswords(name) && !spared.contains(name)
  }

  func haveSecret(_ name: String) -> Bool { secret.contains(name) }

  var haveSecrets: Bool { !secret.isEmpty }

  static func isAboutPasswords(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["password", "passwd", "secret", "bindpw"].contains { name.contains($0) } || name.hasSuffix("_pw")
  }

  /// Whether a value has the password itself in it. Only a list of tables may be shown: each a type and a path, or a reference.
  static func isSecret(_ value: some Collection<UInt8>, of name: String) -> Bool {
    let words = String(decoding: value, as: UTF8.self).split { $0.isWhitespace || $0 == "," }
    if isAboutPasswords(name), !name.hasSuffix("_maps") { return !words.isEmpty }
    return !words.allSatisfy { isReference($0.utf8) || isTable(Bytes($0.utf8)[...]) }
  }

  /// `$name`, `${name}` or `$(name)`, and nothing else.
  private static func isReference(_ word: Substring.UTF8View) -> Bool {
    guard word.first == UInt8(ascii: "$") else { return false }
    var name = word.dropFirst()
    for (open, close) in ["{}", "()"].map({ (Bytes($0.utf8)[0], Bytes($0.utf8)[1]) }) where name.first == open
    {
      guard name.last == close else { return false }
      name = name.dropFirst().dropLast()
      break
    }
    return !name.isEmpty && name.allSatisfy(\.isNameByte)
  }

  /// A type and a path.
  private static func isTable(_ word: ArraySlice<UInt8>) -> Bool {
    let table = word.starts(with: "proxy:".utf8) ? word.dropFirst(6) : word
    let type = table.prefix { $0 >= 0x61 && $0 <= 0x7A }
    guard !type.isEmpty, table[type.endIndex...].first == .colon else { return false }
    let directory = "${config_directory}"
    var path = table[(type.endIndex + 1)...]
    if path.starts(with: directory.utf8) { path = path.dropFirst(directory.utf8.count) }
    return !path.isEmpty && !path.contains { "{}@:".utf8.contains($0) } && TableType(type.text).isPostfixs
  }

  private static func isPostfixs(_ name: String) -> Bool {
    name == "config_directory" || ParameterTable.common.place(of: name) != nil
  }

  private static func references(_ value: String) -> [String] {
    value.split(separator: "$", omittingEmptySubsequences: false).dropFirst().map { part in
      String(part.drop { "({".contains($0) }.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }
  }
}

extension SecretNames {
  /// A comment that has a setting somewhere in it: `# old: smtp_sasl_password_maps = static:me:secret`.
  func maskingSentence(_ line: Bytes) -> Bytes {
    var at = line.startIndex
    var count = 0
    while let equals = line[at...].firstIndex(of: UInt8(ascii: "=")) {
      let before = line[..<equals].reversed().drop(while: \.isSpace)
      let name = Bytes(before.prefix(while: \.isNameByte).reversed()).text
      let value = line[(equals + 1)...]
      let isAboutPasswords = isAboutPasswords(name)
      if isAboutPasswords { count += 1 }
      if isAboutPasswords, count > Self.mostInLine || Self.isSecret(value, of: name) {
        return Bytes(line[...equals]) + Bytes(" ********".utf8)
      }
      at = equals + 1
    }
    return line
  }
}
