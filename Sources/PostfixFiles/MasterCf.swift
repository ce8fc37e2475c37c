// master.cf: the services that master(8) runs, with their `-o` overrides.

/// The kind of a service's socket: the second field of master.cf.
package enum ServiceType: String, Hashable, Sendable, CaseIterable {
  case inet, unix, fifo, pass
  case unixDatagram = "unix-dgram"
}

/// One entry of master.cf.
package struct Service: Sendable {
  package let name: String
  package let type: ServiceType
  /// Whether its socket is in `private/`: then the queue manager can use it as a transport.
  package let isPrivate: Bool
  package let command: String
  /// Its `-o name=value` overrides, in order; the last of a name is in force. Those after a word that ends the options
  /// are not among them: the service never reads them.
  package let overrides: [(name: String, value: SourcedText)]
  /// What its `-o` options say that is no `name=value`. The service ends with an error there.
  package let brokenOverrides: [SourcedText]
  /// What follows the options: the first word that is no option and no value of one, and all after it.
  package let words: [SourcedText]
  package let line: LogicalLine
  /// The fields as they are written: name, type, private, unprivileged, chroot, wakeup, process limit, command, arguments.
  package let fields: [SourcedText]

  /// Whether the queue manager finds it as `private/NAME`.
  package var isTransport: Bool { isPrivate && (type == .unix || type == .pass) }

  /// Whether its program is smtp(8), which delivers by SMTP or LMTP to a next hop with hosts and ports.
  package var isSMTPClient: Bool { command == "smtp" || command == "lmtp" }
}

/// Why master(8) refuses an entry (measured).
package enum ServiceError: Error, Hashable, Sendable {
  /// The line is skipped, with a warning.
  case startsWithSpace
  case badFieldCount
  case invalidType(String)
  /// The name of a field, and its text.
  case invalidField(String, String)
  /// A port is open to all.
  case privatePort
  /// An argument in braces that do not end with it.
  case braces(String)

  /// In Postfix's words.
  package var message: String {
    switch self {
    case .startsWithSpace: "logical line must not start with whitespace"
    case .badFieldCount: "bad field count: need 8 fields"
    case .invalidType(let type): "invalid type field \"\(printable(type))\""
    case .invalidField(let name, let text): "invalid \(name) field \"\(printable(text))\""
    case .privatePort: "inet service cannot be private: need \"n\" in the third field"
    case .braces(let argument): "missing \"}\", or text after it, in \"\(printable(argument))\""
    }
  }
}

package struct MasterCf: Sendable {
  package var document: Document { didSet { parse() } }
  package private(set) var services: [Service] = []
  package private(set) var problems: [(line: LogicalLine, problem: ServiceError)] = []

  package init(_ document: Document) {
    self.document = document
    parse()
  }

  private mutating func parse() {
    services = []
    problems = []
    for line in document.lines {
      do throws(ServiceError) {
        let service = try Service(line, of: document)
        // Keep the rejected entry, so that references to it are not reported as missing.
        services.append(service)
        try service.checkFields()
      } catch {
        problems.append((line, error))
      }
    }
  }

  /// The entry that the queue manager reaches as transport `name`. Of several the last is in force.
  package func transport(_ name: String) -> Service? {
    services.last { $0.name == name && $0.isTransport }
  }
}

extension Service {
  /// What master(8) takes in the fields between type and command (master_ent.c, measured).
  fileprivate func checkFields() throws(ServiceError) {
    if type == .inet {
      let port = name.split(separator: ":", omittingEmptySubsequences: false).last.map(String.init) ?? ""
      if servicePort(port) == nil { throw .invalidField("service name", name) }
    } else if name.contains("/") {
      throw .invalidField("service name", name)
    }
    for (index, field) in [(2, "private"), (3, "unprivileged"), (4, "chroot")] {
      guard ["y", "n", "-"].contains(fields[index].text) else {
        throw .invalidField(field, fields[index].text)
      }
    }
    if type == .inet, fields[2].text != "n" { throw .privatePort }
    // Of a number only the start is looked at.
    for (index, field) in [(5, "wakeup"), (6, "process_limit")] where fields[index].text != "-" {
      guard fields[index].bytes.first?.isDigit == true else { throw .invalidField(field, fields[index].text) }
    }
    for argument in fields.dropFirst(8) where argument.bytes.first == .openBrace {
      guard argument.endOfBraces(at: 0) == argument.count else { throw .braces(argument.text) }
    }
  }

  init(_ line: LogicalLine, of document: Document) throws(ServiceError) {
    guard line.kind != .orphan else { throw .startsWithSpace }
    let text = SourcedText(line, of: document)
    let fields = text.split(where: \.isSpace, keepingBraces: true)
    guard fields.count >= 8 else { throw .badFieldCount }
    let type = fields[1].text
    guard let known = ServiceType(rawValue: type) else { throw .invalidType(type) }
    let arguments = ServiceArguments(fields.dropFirst(8))
    self.init(
      name: fields[0].text, type: known,
      isPrivate: fields[2].text != "n", command: fields[7].text,
      overrides: arguments.overrides, brokenOverrides: arguments.brokenOverrides, words: arguments.words,
      line: line, fields: fields)
  }
}

/// The arguments of a service as getopt(3) takes them in every daemon: the first word that is no option ends them
/// (single_server.c, measured).
private struct ServiceArguments {
  var overrides: [(name: String, value: SourcedText)] = []
  var brokenOverrides: [SourcedText] = []
  var words: [SourcedText] = []

  /// The options that a value follows.
  private static let withValue = Bytes("imnorst".utf8)

  init(_ fields: ArraySlice<SourcedText>) {
    var rest = fields
    while let argument = rest.first?.withoutBraces {
      let bytes = argument.bytes
      guard bytes.count > 1, bytes[0] == UInt8(ascii: "-") else { break }
      rest.removeFirst()
      if argument.text == "--" { break }
      // Several letters may share one dash; what follows the first one with a value is that.
      guard let letter = bytes.dropFirst().firstIndex(where: Self.withValue.contains) else { continue }
      var value = argument[letter + 1..<argument.count]
      if value.isEmpty {
        guard let next = rest.popFirst() else {
          // The program ends there: an option without its value.
          if bytes[letter] == UInt8(ascii: "o") { brokenOverrides.append(argument) }
          break
        }
        value = next
      }
      guard bytes[letter] == UInt8(ascii: "o") else { continue }
      if let pair = try? value.withoutBraces.splitNameValue() {
        overrides.append((pair.name.text, pair.value))
      } else {
        brokenOverrides.append(value)
      }
    }
    words = Array(rest)
  }
}
