// What a file is to Postfix, and how randmap recognises it where the caller does not say.

import PostfixFiles

/// What a file is to Postfix.
package enum FileKind: String, Hashable, Sendable, CaseIterable {
  case main = "main.cf"
  case master = "master.cf"
  case transport, pool

  /// The kind of a file that is checked alone: by its name (`main.cf`, `main.cf.new`, `old-main.cf`),
  /// otherwise by the form of most of its first lines.
  package init(of document: Document) {
    if let kind = [FileKind.main, .master].first(where: { $0.isNamed(by: document.path) }) {
      self = kind
      return
    }
    let lines = document.lines.prefix(50).map { SourcedText($0, of: document).trimmed().bytes }
    let kinds: [(kind: FileKind, fits: (Bytes) -> Bool)] = [
      (.main, Self.isAssignment), (.master, Self.isService), (.pool, { !$0.contains(where: \.isSpace) }),
    ]
    self = kinds.first { kind in lines.count(where: kind.fits) * 2 > lines.count }?.kind ?? .transport
  }

  /// Whether the name of a file says that it is of this kind.
  package func isNamed(by path: String) -> Bool {
    let name = FileReader.name(of: path)
    return name.hasPrefix(rawValue) || name.hasSuffix(rawValue)
  }

  /// Whether most of the first lines begin with a pattern.
  package static func isPatterns(_ document: Document) -> Bool {
    let lines = document.lines.prefix(50).map { SourcedText($0, of: document).trimmed().bytes }
    func isPattern(_ line: Bytes) -> Bool {
      let rest = line.drop { $0 == UInt8(ascii: "!") }
      return rest.first == UInt8(ascii: "/") && rest.dropFirst().contains(UInt8(ascii: "/"))
        && rest.contains(where: \.isSpace)
    }
    return lines.count(where: isPattern) * 2 > lines.count
  }

  package var words: String {
    switch self {
    case .main, .master: rawValue
    case .transport: "table of transports"
    case .pool: "pool file"
    }
  }

  /// `name = value`
  private static func isAssignment(_ line: Bytes) -> Bool {
    let end = line.firstPosition(in: 0..<line.count) { !$0.isNameByte }
    return end > 0 && line[end...].first { !$0.isSpace } == UInt8(ascii: "=")
  }

  /// `smtp inet n - n - - smtpd`
  private static func isService(_ line: Bytes) -> Bool {
    let fields = line.split(maxSplits: 8) { $0.isSpace }
    return fields.count >= 8 && ["inet", "unix", "unix-dgram", "fifo", "pass"].contains(fields[1].text)
  }
}

extension MailConfig {
  /// A configuration of one file that gives only the kind of the file.
  package init(alone document: Document, as kind: FileKind, environment: Environment = Environment()) {
    let setting =
      switch kind {
      case .main, .master: ""
      // Its real path may have blanks and $ in it; findings point into the document nevertheless.
      case .transport: "compatibility_level = 3.6\ntransport_maps = texthash:/file"
      case .pool: "compatibility_level = 3.6\ndefault_transport = randmap:/file"
      }
    self.init(directory: "", environment: environment, main: setting)
    switch kind {
    case .main: main = MainCf(document)
    case .master: master = MasterCf(document)
    case .transport, .pool: files["/file"] = .read(document)
    }
  }
}
