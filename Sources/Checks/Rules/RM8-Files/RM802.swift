// RM802: A file is a link, which postconf -e replaces

import PostfixFiles
import Routing

extension Rule {
  static let rm802 = Rule(
    "RM802", .info, "A file is a link, which postconf -e replaces",
    why: """
      postconf -e and postconf -M write a new file and give it the name of the link: the link is gone, and
      its target keeps the old text. randmap writes to the target of the link.
      """,
    bad: Example(
      main: """
        «relayhost = [gw1.example]»

        """,
      surroundings: Surroundings(files: [
        "/etc/postfix/main.cf": Surroundings.Ownership(isLink: true)
      ])),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """,
      surroundings: Surroundings(files: ["/etc/postfix/main.cf": Surroundings.Ownership()])),
    check: .surrounded { subject, surroundings in
      let own = [subject.config.main.document.path, subject.config.master?.document.path]
      return subject.findings(surroundings) { file in
        file.isLink
          ? "a symbolic link: postconf -e puts a file in its place; need an editor, or randmap" : nil
      }.filter { own.contains($0.place.file) }
    })
}
