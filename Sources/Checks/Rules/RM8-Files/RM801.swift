// RM801: Others may write a file that decides where mail goes

import PostfixFiles
import Routing

extension Rule {
  static let rm801 = Rule(
    "RM801", .error, "Others may write a file that decides where mail goes",
    why: """
      Everyone with write access to it can decide where all mail goes. postfix check requires that root
      owns the files of the configuration directory, and that no other user can write them. The same is
      true of the directory: with write access to it a user can replace main.cf. A database of pools belongs
      to mail_owner, and no other user needs to write it.
      """,
    bad: Example(
      main: """
        «relayhost = [gw1.example]»

        """,
      surroundings: Surroundings(files: [
        "/etc/postfix/main.cf": Surroundings.Ownership(isWritableByOthers: true)
      ])),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """,
      surroundings: Surroundings(files: ["/etc/postfix/main.cf": Surroundings.Ownership()])),
    moreBad: [
      Example(
        main: """
          transport_maps = «hash:/etc/postfix/maps/transport»

          """,
        surroundings: Surroundings(files: [
          "/etc/postfix/maps": Surroundings.Ownership(isWritableByOthers: true)
        ]), companions: ["RM308"])
    ],
    check: .surrounded { subject, surroundings in
      let directory = surroundings.files[subject.config.directory]
      let main = subject.config.main.document
      let line = main.bytes.prefix { $0 != UInt8(ascii: "\n") }
      let place = FileRange(file: main.path, range: 0..<line.count)
      let name = printable(subject.config.directory)
      let own: [Finding] =
        directory.map { directory in
          if directory.isWritableByOthers {
            return [
              Finding(
                place,
                "the directory itself may be written by its group or by everybody, so those users can replace main.cf; "
                  + "need \"chmod go-w \(name)\"")
            ]
          }
          return directory.isOwnedByRoot
            ? [] : [Finding(place, "the directory is not owned by root; need \"chown root \(name)\"")]
        } ?? []
      return own + subject.openDirectories(surroundings)
        + subject.findings(surroundings) { file in
          if file.isWritableByOthers {
            return "its group or everybody may write it; need \"chmod go-w\""
          }
          return file.isOwnedByRoot ? nil : "it is not owned by root; need \"chown root\""
        }
        + subject.databaseFiles.compactMap { database in
          guard database.file.isWritableByAll else { return nil }
          let path = printable(database.path)
          return database.finding(
            "everybody may write \(path), or put another file in its place; "
              + "need \"chmod o-w\" for it and for its directory")
        }
    })
}

extension Subject {
  /// A finding where a table is named that others may put another one in the place of.
  fileprivate func openDirectories(_ surroundings: Surroundings) -> [Finding] {
    let others = otherTables.filter { $0.purpose != .other && $0.purpose != .access }
    let named =
      tables.map { ($0.path, $0.text, $0.parameter.rawValue) }
      + others.compactMap { table in table.path.map { ($0, table.text, table.parameter) } }
    var told: Set<String> = []
    return named.compactMap { path, text, parameter in
      let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
        separator: "/")
      guard directory != config.directory, surroundings.files[directory]?.isWritableByOthers == true,
        told.insert(directory).inserted
      else { return nil }
      return Finding(
        text, else: place(of: parameter),
        "its group or everybody may write the directory \(printable(directory)), so those users can replace this table; need "
          + "\"chmod go-w \(printable(directory))\"")
    }
  }

  /// A finding at the first line of each file, databases left out, for which `words` returns a message.
  func findings(
    _ surroundings: Surroundings, _ words: (Surroundings.Ownership) -> String?
  ) -> [Finding] {
    documents.compactMap { document in
      guard document.storage == .file, let file = surroundings.files[document.path], let words = words(file)
      else { return nil }
      let line = document.bytes.prefix { $0 != UInt8(ascii: "\n") }
      return Finding(FileRange(file: document.path, range: 0..<line.count), words)
    }
  }
}
