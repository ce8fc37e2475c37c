// Running the program that was built together with the tests.
import Glibc

/// The path of the `randmap` that stands beside the test bundle.
package func randmapProgram() throws(TestFailure) -> String { try builtProgram("randmap") }

/// The path of a program of this package that stands beside the test bundle.
package func builtProgram(_ name: String) throws(TestFailure) -> String {
  var link = [CChar](repeating: 0, count: 4096)
  guard readlink("/proc/self/exe", &link, link.count - 1) > 0 else {
    throw .system("readlink /proc/self/exe")
  }
  let bundle = text(of: link)
  let program = bundle.prefix(upTo: bundle.lastIndex(of: "/") ?? bundle.startIndex) + "/\(name)"
  guard access(String(program), X_OK) == 0 else {
    throw TestFailure("no \(name) beside \(bundle): build it with 'swift build'")
  }
  return String(program)
}

/// Runs `randmap` to its end, with an environment that holds nothing of the person's own settings.
package func runRandmap(
  _ arguments: [String],
  environment: [String: String?] = [:],
  input: String = "",
  directory: String? = nil,
  limit: Duration = .long
) throws(TestFailure) -> FinishedProcess {
  let neutral: [String: String?] = ["MAIL_CONFIG": nil, "NO_COLOR": nil, "LANG": "C.UTF-8", "LC_ALL": nil]
  return try run(
    randmapProgram(), arguments, environment: neutral.merging(environment) { _, given in given },
    input: Array(input.utf8), directory: directory, limit: limit)
}

/// Opens the console of `randmap` in a terminal, with nothing of the person's own settings.
package func openConsole(
  _ arguments: [String], width: Int = 80, height: Int = 24, environment: [String: String] = [:]
) throws(TestFailure) -> TerminalSession {
  // TerminalSession starts its command by env(1), which takes away what it cannot.
  try TerminalSession(
    ["-u", "MAIL_CONFIG", "-u", "NO_COLOR", "-u", "LC_ALL", randmapProgram()] + arguments,
    width: width, height: height, environment: environment)
}
