// One configuration, given to a real trivial-rewrite(8) and to the resolver.
import Glibc
import PostfixFiles
import PostfixTools
import Routing
import System
import TestSupport

struct RewriteTrial {
  private let directory: TemporaryDirectory
  private let overrides: [String]
  private let resolver: Routing.Resolver
  let parameters: Parameters

  /// - Parameter overrides: `name = value`, for trivial-rewrite(8) alone.
  init(_ main: String, overrides: [String] = [], files: [String: String] = [:]) throws {
    directory = try TemporaryDirectory()
    guard chmod(directory.path, 0o755) == 0 else { throw TestFailure("chmod \(directory.path)") }
    try directory.makeDirectory("queue")
    // cleanup(8) begins a file there for each client, and tries until it can.
    try directory.makeDirectory("queue/incoming")
    try directory.makeDirectory("c")
    let text = "queue_directory = \(directory.file("queue"))\ndata_directory = $queue_directory\n" + main
    try directory.write("c/main.cf", text)
    try directory.write(
      "c/master.cf",
      "rewrite unix - - n - - trivial-rewrite\n" + overrides.map { "  -o { \($0) }\n" }.joined())
    for (name, content) in files { try directory.write("c/\(name)", content) }
    let place = directory.file("c")
    for name in try namesIn(place) { try age("\(place)/\(name)", seconds: 3600) }
    self.overrides = overrides
    let config = try MailConfig(
      directory: place, environment: Environment(hostName: machineName(), version: try installedVersion()))
    parameters = config.parameters
    let tools = PostfixCommands()
    resolver = Routing.Resolver(
      config,
      context: RouteContext(
        ask: { tools.answer(table: $0, key: $1, configDirectory: place) },
        interfaceAddresses: interfaceAddresses, addressesOfName: systemAddresses))
  }

  /// Starts the real one with a client that says nothing. It takes a second to end where it does, so many are started at
  /// once.
  func start(_ program: String = "trivial-rewrite") throws -> ChildProcess {
    let service = program == "trivial-rewrite" ? "rewrite" : program
    let options = overrides.map { "-o '\($0)'" }.joined(separator: " ")
    let command = "\(try daemonDirectory())/\(program) -n \(service) -S -V -t unix \(options)"
    return try ChildProcess(
      "/bin/sh", ["-c", "MAIL_CONFIG=\(directory.file("c")) exec \(command) </dev/null 2>&1"])
  }

  /// What it said when it ended as it started; nil if it went on to the client.
  static func end(of process: ChildProcess) throws -> String? {
    try process.wait(limit: .seconds(60)).standardOutput.split(separator: "\n").compactMap { line in
      line.firstRange(of: "fatal: ").map { String(line[$0.upperBound...]) }
    }.first
  }

  func theirs(_ recipient: String, from sender: String = "") throws -> RouteOutcome {
    let server = try RewriteServer(
      daemonDirectory: try daemonDirectory(), configDirectory: directory.file("c"),
      socket: directory.file("s"),
      overrides: overrides)
    guard let drawn = try server.resolve([(recipient, sender)]).first else { throw TestFailure("no answer") }
    return RouteOutcome(drawn: drawn)
  }

  func ours(_ recipient: String, from sender: String = "") -> RouteAnswer {
    resolver.route(recipient, from: sender)
  }
}

func daemonDirectory() throws -> String {
  try runSuccessfully(postfixTool("postconf"), ["-dh", "daemon_directory"]).filter { $0 != "\n" }
}

func installedVersion() throws -> PostfixVersion {
  let text = try runSuccessfully(postfixTool("postconf"), ["-dh", "mail_version"]).filter { $0 != "\n" }
  guard let version = PostfixVersion(text) else { throw TestFailure("postconf says mail_version is \(text)") }
  return version
}

/// What gethostname(2) says.
func machineName() -> String {
  var buffer = [CChar](repeating: 0, count: 256)
  gethostname(&buffer, buffer.count - 1)
  return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
