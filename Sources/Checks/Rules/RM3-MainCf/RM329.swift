// RM329: A value uses a name that nothing sets

import PostfixFiles

extension Rule {
  static let rm329 = Rule(
    "RM329", .error, "A value uses a name that nothing sets",
    why: """
      A $name that neither main.cf nor Postfix itself sets is empty, and only postconf(1) warns. With an empty relayhost
      the mail leaves without a gateway. Variables of the shell or of a container are not seen: Postfix reads main.cf
      alone.
      """,
    bad: Example(
      main: """
        relayhost = «$outbound_relay»

        """),
    good: Example(
      main: """
        outbound_relay = [gw1.example]
        relayhost = $outbound_relay

        """),
    check: .main { subject in
      let overrides = (subject.config.master?.services ?? []).flatMap(\.overrides)
      let values =
        ParameterNames.watched.compactMap { subject.config.main[$0]?.value }
        + overrides.filter { ParameterNames.watched.contains($0.name) }.map(\.value)
      return values.compactMap { value in
        let missing = value.plainMacroNames.first { !subject.sets($0) }
        return missing.flatMap { missing in
          Finding(
            value,
            "nothing sets $\(missing), so it is empty here; need a line \"\(missing) = ...\", or the value itself"
          )
        }
      }
    })
}

extension Subject {
  /// Whether main.cf, an override in master.cf or Postfix itself gives a value to this name.
  fileprivate func sets(_ name: String) -> Bool {
    config.main[name] != nil || Parameters.isKnown(name)
      || (config.master?.services ?? []).contains { $0.overrides.contains { $0.name == name } }
  }
}

extension SourcedText {
  /// The names in `$name`, `${name}` and `$(name)`. A condition such as `${name?$name}` may ask for what is not there.
  ///
  /// A regular expression took a tenth of the whole check of an ordinary directory.
  fileprivate var plainMacroNames: [String] {
    var plain: [String] = []
    var asked: Set<String> = []
    var rest = bytes[...]
    while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
      rest = rest[(dollar + 1)...]
      if rest.first == UInt8(ascii: "$") {
        rest = rest.dropFirst()
        continue
      }
      let close: UInt8? =
        switch rest.first {
        case UInt8.openBrace: .closeBrace
        case UInt8(ascii: "("): UInt8(ascii: ")")
        default: nil
        }
      if close != nil { rest = rest.dropFirst().drop(while: \.isSpace) }
      let name = Bytes(rest.prefix(while: \.isNameByte)).text
      rest = rest.drop(while: \.isNameByte)
      guard let close, !name.isEmpty else {
        if !name.isEmpty { plain.append(name) }
        continue
      }
      switch rest.first(where: { !$0.isSpace }) {
      case close: plain.append(name)
      case UInt8(ascii: "?"), UInt8(ascii: ":"): asked.insert(name)
      default: break
      }
    }
    return plain.filter { !asked.contains($0) }
  }
}
