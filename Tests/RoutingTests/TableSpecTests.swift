// Lookup tables as dict_open() parses them: `type:name`, and tables that are written in braces.
import PostfixFiles
import Routing
import Testing

private typealias Problem = TableSpecError

private func spec(_ text: String) throws -> TableSpec { try TableSpec(SourcedText(builtIn: text)) }

@Suite struct TableSpecTests {
  @Test(arguments: [
    ("hash:/etc/postfix/transport", TableType.indexed("hash"), "/etc/postfix/transport"),
    ("lmdb:t", .indexed("lmdb"), "t"), ("texthash:t", .texthash, "t"), ("pcre:t", .pattern("pcre"), "t"),
    ("cidr:t", .pattern("cidr"), "t"),
  ])
  func aFileHasATypeAndAPath(text: String, type: TableType, path: String) throws {
    let table = try spec(text)
    #expect(table.type == type)
    guard case .file(let found) = table.content else { return #expect(Bool(false), "\(table.content)") }
    #expect(found == path)
  }

  @Test(arguments: ["mysql:/etc/postfix/my.cf", "socketmap:unix:/s:name", "tcp:[::1]:1234", "of-my-own:x"])
  func aServerMustBeAsked(text: String) throws {
    let table = try spec(text)
    guard case .service = table.content else { return #expect(Bool(false), "\(table.content)") }
    #expect(table.type == .other(String(text.prefix { $0 != ":" })))
    #expect(!table.takesPartialKeys)
  }

  @Test func aPoolIsATable() throws {
    let table = try spec("randmap:{smtp:[a], smtp:[b], smtp:[a]}")
    #expect(table.pools.map(\.results) == [["smtp:[a]", "smtp:[b]", "smtp:[a]"]])
    #expect(!table.takesPartialKeys)
  }

  @Test func entriesInBracesHaveKeysInLowerCase() throws {
    let table = try spec("inline:{a.example=smtp:[x], { B.example = smtp:[y], [z] }}")
    guard case .entries(let entries) = table.content else { return #expect(Bool(false), "\(table.content)") }
    #expect(entries.map(\.key) == ["a.example", "b.example"])
    #expect(entries.map(\.value.text) == ["smtp:[x]", "smtp:[y], [z]"])
    #expect(table.takesPartialKeys)
  }

  @Test func tablesMayContainTables() throws {
    let table = try spec("pipemap:{unionmap:{static:a, proxy:hash:/t}, randmap:{b}}")
    #expect(
      table.flattened.map(\.text.text) == [
        "pipemap:{unionmap:{static:a, proxy:hash:/t}, randmap:{b}}", "unionmap:{static:a, proxy:hash:/t}",
        "static:a", "proxy:hash:/t", "hash:/t", "randmap:{b}",
      ])
    #expect(table.pools.map(\.results) == [["b"]])
    #expect(table.takesPartialKeys, "it follows its first table, static:")
  }

  @Test func aConstantMayStandInBraces() throws {
    guard case .constant(let value) = try spec("static:{ a, b }").content else {
      return #expect(Bool(false), "no constant")
    }
    #expect(value.text == "a, b")
  }

  @Test(arguments: [
    ("hash", Problem.missingType("hash")), (":x", .missingType(":x")), ("hash:", .missingType("hash:")),
    ("randmap:a", .badSyntax("randmap:a", need: "randmap:{value...}")),
    ("randmap:{}", .badSyntax("randmap:{}", need: "randmap:{value...}")),
    ("randmap:{a", .badSyntax("randmap:{a", need: "randmap:{value...}")),
    ("inline:{a}", .badSyntax("inline:{a}", need: "inline:{name=value...}")),
    ("pipemap:{}", .badSyntax("pipemap:{}", need: "pipemap:{type:name...}")),
    ("static:{a", .badSyntax("static:{a", need: "static:{value}")),
    ("unionmap:{hash}", .missingType("hash")),
  ])
  fileprivate func whatPostfixCannotOpenIsNamed(text: String, problem: Problem) {
    #expect(throws: problem) { try spec(text) }
  }

  @Test func tablesInTablesHaveALimit() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "unionmap:{", count: depth) + "static:a" + String(repeating: "}", count: depth)
    }
    _ = try spec(nested(50))
    #expect(throws: Problem.self) { try spec(nested(51)) }
    #expect(throws: Problem.self) { try spec(nested(1_000_000)) }
  }
}
