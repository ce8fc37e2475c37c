// RM408: A service is in master.cf twice

import PostfixFiles

extension Rule {
  static let rm408 = Rule(
    "RM408", .error, "A service is in master.cf twice",
    why: """
      If two entries have the same name and type, the last one is in force. master(8) reports it in the
      log; postconf(1) and postfix check do not.
      """,
    bad: Example(
      main: """

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        relay     unix  -       -       y       -       -       smtp
        «relay»     unix  -       -       n       -       -       smtp

        """),
    good: Example(
      main: """

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        relay     unix  -       -       y       -       -       smtp

        """),
    check: .master { master in
      var seen: [String: Service] = [:]
      return master.services.compactMap { service in
        guard let earlier = seen.updateValue(service, forKey: "\(service.name) \(service.type.rawValue)")
        else { return nil }
        guard let place = service.fields[0].span() else { return nil }
        func words(_ line: String) -> String {
          "\(printable(service.name)) \(service.type.rawValue) is already in line\(line), and this line "
            + "replaces that one; need only one of them"
        }
        return Finding(place, words(" \(earlier.line.number)"), gist: words(""))
      }
    })
}
