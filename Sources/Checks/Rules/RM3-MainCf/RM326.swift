// RM326: Files below /etc/postfix are read from beside main.cf

import PostfixFiles
import Routing

extension Rule {
  static let rm326 = Rule(
    "RM326", .info, "Files below /etc/postfix are read from beside main.cf",
    why: """
      This directory is a copy: no Postfix on this machine uses it. A path below /etc/postfix in its
      main.cf would be a file of this machine, so randmap reads the file of the same name beside main.cf
      instead. --map PATH=DIR gives the place of files with other paths.
      """,
    bad: Example(
      main: """
        transport_maps = texthash:«/etc/postfix/transport»

        """,
      table: """
        example.com  smtp:[gw1.example]

        """, directory: "/srv/repository"),
    good: Example(
      main: """
        transport_maps = texthash:$config_directory/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """, directory: "/srv/repository"),
    check: .directory { subject in
      let standard = "/etc/postfix/"
      guard subject.config.readsBesideMain,
        let assignment = subject.config.main.assignments.first(where: { assignment in
          assignment.value.text.contains(standard) && subject.isReadBeside(assignment.value)
        }), let start = assignment.value.text.firstRange(of: standard)
      else { return [] }
      let text = assignment.value.text
      let offset = text.utf8.distance(from: text.startIndex, to: start.lowerBound)
      let path = assignment.value[offset..<assignment.value.count]
      let end = path.bytes.firstPosition(in: 0..<path.count) { $0.isListSeparator || $0 == UInt8(ascii: "}") }
      return [
        Finding(
          path[0..<end], else: assignment.nameText.span(),
          "\"\(printable(path[0..<end].bytes))\" and other files below /etc/postfix are read from beside main.cf, because no "
            + "Postfix here uses this directory; --map PATH=DIR says otherwise")
      ].compactMap { $0 }
    })
}

extension Subject {
  /// Whether one of the files that a value names below /etc/postfix was read.
  fileprivate func isReadBeside(_ value: SourcedText) -> Bool {
    let items = value.listItems.map(\.text)
    return items.contains { item in
      guard let start = item.firstRange(of: "/etc/postfix/") else { return false }
      let path = config.absolute(String(item[start.lowerBound...].prefix { $0 != "}" && $0 != "," }))
      return config.files[path]?.document != nil || config.otherFiles[path]?.document != nil
    }
  }
}
