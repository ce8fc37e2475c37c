// Finding the programs that tests cannot do without: a test run without them fails, it does not skip.
import Glibc

/// The path of a program in PATH or where Debian keeps the system's own programs.
///
/// - Parameter package: What to install when it is missing.
package func requiredTool(_ name: String, package: String) throws(TestFailure) -> String {
  let path = getenv("PATH").map { String(cString: $0) } ?? ""
  let places = path.split(separator: ":").map(String.init) + ["/usr/local/sbin", "/usr/sbin", "/sbin"]
  for place in places where access(place + "/" + name, X_OK) == 0 { return place + "/" + name }
  throw TestFailure("\(name) is missing: run 'make test-deps', or apt-get install \(package)")
}

/// The path of one of Postfix's commands: `postconf`, `postmap`, `smtp-sink`...
package func postfixTool(_ name: String) throws(TestFailure) -> String {
  try requiredTool(name, package: "postfix postfix-lmdb")
}
