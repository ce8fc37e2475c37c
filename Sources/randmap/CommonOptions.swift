// The options that every command takes, and what they come to.

import ArgumentParser
import Changes
import Glibc
import PostfixFiles
import PostfixTools
import System

extension TemplateLanguage: ExpressibleByArgument {}

/// When to use colour.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

struct CommonOptions: ParsableArguments {
  @Option(
    name: [.customShort("c"), .long],
    help: ArgumentHelp(
      "The Postfix configuration directory.",
      discussion: "By default MAIL_CONFIG, then /etc/postfix.", valueName: "dir"),
    completion: .directory)
  var configDirectory: String?

  @Option(help: ArgumentHelp("How to print results.", valueName: "format"))
  var format: String?

  @Option(
    help: ArgumentHelp("Use colour: auto, always or never; NO_COLOR counts as never.", valueName: "when"))
  var color: ColorChoice = .auto

  @Option(
    help: ArgumentHelp(
      "The Postfix release to assume.", discussion: "By default the installed one, otherwise 3.7.",
      valueName: "x.y"))
  var postfixVersion: String?

  @Option(
    help: ArgumentHelp(
      "The types of tables that this Postfix has, such as hash,lmdb,pcre.",
      discussion: "By default those of postconf -m where the directory is in use here.", valueName: "types"))
  var postfixTypes: String?

  @Option(
    name: .customLong("map"),
    help: ArgumentHelp(
      "Read what the configuration names below a path from a directory instead; may be given again.",
      discussion: "For a directory that no Postfix here uses, /etc/postfix is that directory itself.",
      valueName: "path=dir"))
  var maps: [String] = []

  @Option(
    help: ArgumentHelp(
      "The files are templates: take {{ ... }} or <% ... %> for unknown text; jinja, erb or auto.",
      valueName: "language"))
  var template: TemplateLanguage?

  @Flag(help: "Work on a sample configuration with toy gateways: nothing to install, nothing to break.")
  var demo = false

  func validate() throws {
    if !demo { Output.callsAre(for: directory, path: absolutePath(directory)) }
    let given = CallArguments.texts.prefix { $0 != "--" }
      .count { $0 == "-c" || $0 == "--config-directory" || $0.hasPrefix("--config-directory=") }
    if given > 1 {
      throw ValidationError("-c is given \(given) times, and a command works on one directory: need it once")
    }
    if let postfixVersion, PostfixVersion(postfixVersion) == nil {
      throw ValidationError("--postfix-version \(printable(postfixVersion)): need a release such as 3.7")
    }
    for map in maps where pathMapping(map) == nil {
      throw ValidationError(
        "--map \(printable(map)): need PATH=DIR with an absolute PATH, such as /etc/postfix=.")
    }
  }

  /// For a command that the demonstration has nothing for: it would act on this machine.
  func refuseDemo(_ command: String) throws(CommandError) {
    if demo {
      throw CommandError(
        .wrongCall, "\(command) --demo: the demonstration has no Postfix; need \(command) -c DIR")
    }
  }

  /// `-c`, then MAIL_CONFIG, then /etc/postfix; without slashes at its end.
  var directory: String {
    var directory = configDirectory ?? environmentVariable("MAIL_CONFIG") ?? "/etc/postfix"
    while directory.count > 1, directory.hasSuffix("/") { directory.removeLast() }
    return directory
  }

  /// The chosen format; `standard` where none is.
  func format<Format: RawRepresentable & CaseIterable>(or standard: Format) throws -> Format
  where Format.RawValue == String {
    guard let format else { return standard }
    guard let chosen = Format(rawValue: format) else {
      let known = Format.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandError(.wrongCall, "--format \(printable(format)): need one of \(known)")
    }
    return chosen
  }

  /// Whether to use colour on standard output.
  var usesColor: Bool {
    switch color {
    case .always: true
    case .never: false
    case .auto:
      environmentVariable("NO_COLOR") == nil && Output.standard.isTerminal
        && environmentVariable("TERM") != "dumb"
    }
  }

  /// The machine, with Postfix's version asked for only when an answer depends on it.
  var environment: PostfixFiles.Environment {
    let stated = postfixVersion.flatMap { PostfixVersion($0) }
    let types = postfixTypes.map { Set($0.split { $0 == "," || $0.isWhitespace }.map(String.init)) }
    let directory = directory
    var environment = PostfixFiles.Environment(hostName: hostName()) {
      stated
        ?? (try? PostfixCommands().rememberedMailVersion(in: .standard())).flatMap { PostfixVersion($0) }
        ?? .assumed
    }.askingTableTypes {
      if let types { return types }
      // If no Postfix here uses the directory, the installed one does not matter.
      let path = absolutePath(directory)
      return MailConfig.isInUse(path) ? try? PostfixCommands().tableTypes() : nil
    }
    environment.template = template
    let author = Author.current(command: "")
    environment.person = author.sudoUser ?? author.user
    for (path, directory) in maps.compactMap(pathMapping) {
      environment.pathMap.add(path, in: absolutePath(directory))
    }
    return environment
  }
}

/// The parts of `PATH=DIR`; nil for anything else.
func pathMapping(_ text: String) -> (path: String, directory: String)? {
  guard text.hasPrefix("/"), let equals = text.firstIndex(of: "="), text.index(after: equals) < text.endIndex
  else {
    return nil
  }
  return (String(text[..<equals]), String(text[text.index(after: equals)...]))
}

/// The name of this machine.
func hostName() -> String {
  var buffer = [CChar](repeating: 0, count: 256)
  guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
  return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// The name of a numeric address, from the system's own lookup, which may ask the DNS; nil where it has none.
func hostName(ofAddress address: String) -> String? {
  var hints = addrinfo()
  hints.ai_flags = AI_NUMERICHOST
  var found: UnsafeMutablePointer<addrinfo>?
  guard getaddrinfo(address, nil, &hints, &found) == 0, let found else { return nil }
  defer { freeaddrinfo(found) }
  var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
  guard
    getnameinfo(
      found.pointee.ai_addr, found.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NAMEREQD) == 0
  else { return nil }
  let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  return HostName.isValid(name) ? name : nil
}
