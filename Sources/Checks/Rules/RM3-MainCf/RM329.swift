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
  fileprivate var plainMacroNames: [String] {
    let asked = text.matches(of: /\$[{(]\s*([A-Za-z0-9_]+)\s*[?:]/).map { String($0.output.1) }
    return text.replacing("$$", with: " ").matches(
      of: /\$(?:([A-Za-z0-9_]+)|\{\s*([A-Za-z0-9_]+)\s*\}|\(\s*([A-Za-z0-9_]+)\s*\))/
    )
    .compactMap { ($0.output.1 ?? $0.output.2 ?? $0.output.3).map(String.init) }
    .filter { !asked.contains($0) }
  }
}
