// RM328: An indented setting is part of the one before it

import PostfixFiles

extension Rule {
  static let rm328 = Rule(
    "RM328", .error, "An indented setting is part of the one before it",
    why: """
      A line that starts with white space continues the line before it: its "name = value" becomes part of that
      value, and the parameter keeps its default. Postfix says nothing of it. What else is wrong with the long
      value shows when the line begins in column 1.
      """,
    bad: Example(
      main: """
        mydestination = localhost
          «relayhost = [gw1.example]»

        """),
    good: Example(
      main: """
        mydestination = localhost
        relayhost = [gw1.example]

        """),
    check: .main { subject in
      subject.swallowedSettings.compactMap { setting in
        let name = setting.text.bytes.prefix(while: \.isNameByte)
        return Finding(
          setting.text,
          "this line starts with white space, so it is part of \(printable(setting.owner.name)) and does not set "
            + "\(printable(Bytes(name))); need the name in column 1",
          fix: Fix(removing: [setting.indent]))
      }
    })
}

extension Subject {
  /// The lines of main.cf that look like a setting and continue another one, outside of braces. In the environment that a
  /// parameter sets, `name=value` is no setting.
  var swallowedSettings: [(owner: Assignment, text: SourcedText, indent: SourcedText)] {
    let document = config.main.document
    return config.main.assignments.filter {
      $0.line.kind == .continued && !["import_environment", "export_environment"].contains($0.name)
    }.flatMap { owner in
      var depth = 0
      return document.physicalLines(in: owner.line.range)
        .compactMap { range -> (Assignment, SourcedText, SourcedText)? in
          let whole = SourcedText(document, range)
          let text = whole.trimmed()
          if text.bytes.first == .hash { return nil }
          let isOutside = depth <= 0
          for byte in text.bytes { depth += byte == .openBrace ? 1 : byte == .closeBrace ? -1 : 0 }
          guard isOutside, whole.bytes.first?.isSpace == true, text.isSetting else { return nil }
          let indent = whole.count - whole.bytes.drop(while: \.isSpace).count
          return (owner, text, whole[0..<indent])
        }
    }
  }
}

extension SourcedText {
  /// Whether it is `name = value` with a name as those of Postfix are.
  fileprivate var isSetting: Bool {
    let name = bytes.prefix(while: \.isNameByte)
    let known: Set = ["relayhost", "mydomain", "myhostname", "myorigin", "mydestination", "mynetworks"]
    return bytes[name.endIndex...].first { !$0.isSpace } == UInt8(ascii: "=")
      && name.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } == true
      && (name.contains(UInt8(ascii: "_")) || known.contains(name.text))
  }
}
