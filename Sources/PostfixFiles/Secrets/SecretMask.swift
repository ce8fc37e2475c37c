// What is shown of a line with a password in it. What a line is depends on the lines before it.

/// Goes through the lines of a file, in their order.
package enum SecretMask {
  case credentials
  /// `isInNextHops` is whether the value that a line goes on with is next hops alone.
  case settings(SecretNames, isInSecret: Bool = false, isInNextHops: Bool = false)
  /// `depth` is how many braces are open in a value with a password, 0 where words may follow it; nil outside of one.
  case services(SecretNames, depth: Int? = nil)
  /// A table whose answers are next hops alone.
  case nextHopTable
  case other

  static let stars = Bytes("********".utf8)

  /// A line as it is shown. What a URL has is no matter of the file.
  package mutating func line(_ line: Bytes) -> Bytes { own(line).withoutURLPasswords }

  private mutating func own(_ line: Bytes) -> Bytes {
    switch self {
    case .other: return Self.entry(line)
    case .nextHopTable: return Self.entry(line).hidingLoginsOfNextHops
    case .credentials: return Self.credential(line)
    case .settings(let names, let isInSecret, let isInNextHops):
      let (shown, goesOn) = Self.setting(line, names, isInSecret)
      let startsOn = Self.startsOnNextHops(line, after: isInNextHops)
      self = .settings(names, isInSecret: goesOn, isInNextHops: startsOn)
      return startsOn ? shown.hidingLoginsOfNextHops : shown
    case .services(let names, let depth):
      let (shown, next) = Self.service(line, names, depth)
      self = .services(names, depth: next)
      return Self.nextHops.contains { !wordStarts(in: line, of: Bytes($0.utf8)).isEmpty }
        ? shown.hidingLoginsOfNextHops : shown
    }
  }

  /// The parameters whose value is next hops alone.
  private static let nextHops = RoutingParameter.values.filter { $0.resultKind == .nextHop }.map(\.rawValue)

  /// Whether a value of main.cf, or an option of master.cf, that is next hops alone has a login in it.
  static func haveLoginsOfNextHops(_ text: Bytes) -> Bool {
    let names = nextHops.map { Bytes($0.utf8) }.filter { !wordStarts(in: text, of: $0).isEmpty }
    if names.isEmpty { return false }
    var isInNextHops = false
    return text.split(separator: .newline).contains { part in
      let line = Bytes(part)
      isInNextHops = startsOnNextHops(line, after: isInNextHops)
      // An option has its name within a line.
      return
        (isInNextHops
        || line.contains { "@:".utf8.contains($0) }
          && names.contains { !wordStarts(in: line, of: $0).isEmpty })
        && line.hidingLoginsOfNextHops != line
    }
  }

  /// Whether a line of main.cf, a comment too, is of a value that is next hops alone.
  private static func startsOnNextHops(_ line: Bytes, after isBefore: Bool) -> Bool {
    let start = start(of: line)
    let name = line[start...].prefix(while: \.isNameByte)
    guard line[name.endIndex...].first(where: { !$0.isSpace }) == UInt8(ascii: "="), !name.isEmpty else {
      // A comment may come between the lines of a value, and may be one of them.
      return isBefore && (line.first?.isSpace ?? true || line.first == .hash)
    }
    return nextHops.contains(name.text)
  }

  /// Where the text of a line begins, after the marks of a comment.
  static func start(of line: Bytes) -> Int {
    let isComment = line.first { !$0.isSpace } == .hash
    return line.firstIndex { !$0.isSpace && !(isComment && $0 == .hash) } ?? line.count
  }

  /// A line of any other table: the settings of a database, by mistake, have `password = secret`.
  private static func entry(_ line: Bytes) -> Bytes {
    let start = start(of: line)
    let name = line[start...].prefix(while: \.isNameByte)
    let rest = line[name.endIndex...].drop { $0.isSpace || $0 == UInt8(ascii: "=") }
    guard name.count > 2, rest.startIndex > name.endIndex, !rest.isEmpty,
      SecretNames.isAboutPasswords(name.text)
    else { return line }
    return Bytes(line[..<rest.startIndex]) + stars
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
    // A line without a blank is no entry, and has the password in it where "=" takes the place of the blank.
    guard let user else { return Bytes(line[..<start]) + credentialKey(Bytes(line[start...])) }
    // Where the columns are swapped, the password is in the key.
    let key =
      isFurther ? Bytes(line[..<user]) : Bytes(line[..<start]) + credentialKey(Bytes(line[start..<user]))
    guard let colon = line[user...].firstIndex(of: .colon) else {
      let value = line[user...].firstIndex { !$0.isSpace }
      return key + (value.map { Bytes(line[user..<$0]) + stars } ?? Bytes(line[user...]))
    }
    return key + Bytes(line[user...colon]) + stars
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
      // What stood there before goes on after such a comment.
      if isComment { return (line, isInSecret) }
      let (shown, goesOn) = sentence(line, names)
      // What follows its own "=" alone is known from its whole value.
      return (shown, shown != line || goesOn && !names.isAboutPasswords(name.text))
    }
    // The "=" may be on the next line.
    if !isInSecret, !name.isEmpty, rest.isEmpty, isComment || line.first?.isSpace == false,
      names.isAboutPasswords(name.text)
    {
      return (line, true)
    }
    // The "=" may be missing.
    if !isComment, line.first?.isSpace == false, !rest.isEmpty, names.isAboutPasswords(name.text),
      SecretNames.isSecret(rest, of: name.text)
    {
      return (Bytes(line[..<rest.startIndex]) + stars, true)
    }
    if isComment, !isInSecret { return (names.maskingSentence(line), false) }
    guard isInSecret else { return line.first?.isSpace == true ? sentence(line, names) : (line, false) }
    // A part of a value that is commented out is indented; a sentence about the next line is not.
    let isIndented = line[..<start].count(where: \.isSpace) > 1
    if isComment, !isIndented, !line[start...].contains(where: { ":={".utf8.contains($0) }) {
      return (line, true)
    }
    guard isComment || line.first?.isSpace == true else { return (line, false) }
    return (Bytes(line[..<start]) + stars, true)
  }

  /// A value that has another setting in it, by mistake: `relayhost = [gw1.example] smtp_sasl_password_maps = static:u:secret`.
  private static func sentence(_ line: Bytes, _ names: SecretNames) -> (Bytes, goesOn: Bool) {
    let shown = names.maskingSentence(line)
    if shown != line { return (shown, true) }
    // The value may be on the next line.
    let before = line.reversed().drop(while: \.isSpace)
    guard before.first == UInt8(ascii: "=") else { return (line, false) }
    let name = before.dropFirst().drop(while: \.isSpace).prefix(while: \.isNameByte).reversed()
    return (line, names.isAboutPasswords(Bytes(name).text))
  }
}
