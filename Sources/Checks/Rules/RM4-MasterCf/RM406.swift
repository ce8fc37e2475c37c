// RM406: Blanks around = in an override

import PostfixFiles

extension Rule {
  static let rm406 = Rule(
    "RM406", .error, "Blanks around = in an override",
    why: """
      -o takes name=value without blanks, or { name = value } in braces. With blanks the value is lost,
      and nothing says so.
      """,
    bad: Example(
      main: """

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
            -o «smtp_connect_timeout = 5s»

        """),
    good: Example(
      main: """

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
            -o smtp_connect_timeout=5s

        """),
    check: .master { master in
      master.services.flatMap { service in
        // Behind argv= stand the words of some other program.
        let end = service.fields.firstIndex { $0.text.hasPrefix("argv=") } ?? service.fields.count
        return service.fields.indices.prefix(end).dropFirst(8).compactMap { index -> Finding? in
          guard service.fields[index].text == "-o", service.fields.indices.contains(index + 2) else {
            return nil
          }
          let name = service.fields[index + 1]
          let next = service.fields[index + 2]
          let isSplit = next.bytes.first == UInt8(ascii: "=") || name.bytes.last == UInt8(ascii: "=")
          guard isSplit, name.bytes.first != UInt8(ascii: "{"),
            !(name.bytes.dropLast().contains(UInt8(ascii: "="))),
            next.bytes.first != UInt8(ascii: "-")
          else { return nil }
          var whole = name
          for part in service.fields[(index + 2)...].prefix(next.count == 1 ? 2 : 1) { whole.append(part) }
          return Finding(whole, "blanks around \"=\": the value is lost; need \"-o name=value\"")
        }
      }
    })
}
