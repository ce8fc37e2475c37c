// The built-in defaults that routing goes by are those of the installed Postfix.
import PostfixFiles
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct DefaultsTests {
  @Test func areThoseOfPostconf() throws {
    let defaults = Parameters.knownDefaults(of: try installedVersion())
    let names = defaults.keys.sorted()
    let lines = try runSuccessfully(postfixTool("postconf"), ["-d"] + names).split(separator: "\n")
    var said: [String: String] = [:]
    for line in lines {
      guard let equals = line.firstIndex(of: "=") else { continue }
      said[String(line[..<equals].dropLast())] = String(
        line[equals...].dropFirst().drop(while: { $0 == " " }))
    }
    for name in names {
      // Some are not parameters of their own: older names that defaults still refer to.
      guard let value = said[name] else { continue }
      #expect(defaults[name] == value, "\(name)")
    }
    #expect(said.count > names.count * 8 / 10)
  }
}
