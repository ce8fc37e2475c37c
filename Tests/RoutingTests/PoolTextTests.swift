// The text of a pool in each notation: which results it has, and what is no pool.
import PostfixFiles
import Routing
import Testing

private func pool(_ value: String) -> PoolText? { PoolText(value: SourcedText(builtIn: value)) }

@Suite struct PoolTextTests {
  @Test(arguments: [
    ("randmap:!a!b", ["a", "b"]), ("randmap:! smtp:[a]:25 !\tb ", ["smtp:[a]:25", "b"]),
    ("randmap:|a|a|b", ["a", "a", "b"]), ("randmap:!a!!b!", ["a", "b"]), ("randmap:!", []), ("randmap:", []),
    // Braces do not protect a separator here.
    ("randmap:!{a!b}", ["{a", "b}"]), (" randmap : !a", ["a"]),
    ("randmap:{a, b}", ["a", "b"]), ("randmap:{smtp:[a] smtp:[b]}", ["smtp:[a]", "smtp:[b]"]),
    ("randmap:{}", []), ("randmap:{a, {b, c}}", ["a", "{b, c}"]),
  ])
  func aPoolHasItsResultsInOrder(value: String, results: [String]) {
    #expect(pool(value)?.results == results)
  }

  @Test(arguments: ["smtp:[a]", "smtp", "", "[randmap]:25", "randmaps:!a!b", "Randmap:!a", "a:b:randmap:!c"])
  func anythingElseIsNoPool(value: String) { #expect(pool(value) == nil) }

  @Test func aFileAndANameAreNotRead() {
    #expect(pool("randmap:/etc/postfix/pool")?.path == "/etc/postfix/pool")
    #expect(pool("randmap:my_pool")?.name == "my_pool")
    #expect(pool("randmap:my_pool")?.path == nil)
    // With a colon it is no name: the letter separates.
    #expect(pool("randmap:my:pool")?.name == nil)
  }

  @Test func aTransportInFrontIsKept() {
    let value = pool("smtp:randmap:![a]![b]")
    #expect(value?.transport == "smtp")
    #expect(value?.results == ["[a]", "[b]"])
    #expect(pool("randmap:![a]")?.transport == nil)
  }

  @Test func aFileHasAResultALine() {
    let bytes = Bytes("# remark\n\n  smtp:[a]  \n\tsmtp:[b]\n# randmap: drained smtp:[c] x2\nsmtp:[a]".utf8)
    let text = PoolText(file: Document(path: "/d/pool", bytes: bytes))
    #expect(text.results == ["smtp:[a]", "smtp:[b]", "smtp:[a]"])
    #expect(text.path == "/d/pool")
    #expect(text.items.map { String(decoding: bytes[$0], as: UTF8.self) } == text.results)
  }

  @Test func anItemIsARangeOfTheFileItIsIn() throws {
    let document = Document(path: "/d/main.cf", bytes: Bytes("r = randmap:\n  !smtp:[a]\n  !smtp:[b]\n".utf8))
    let assignment = try #require(MainCf(document).assignments.first)
    let text = try #require(PoolText(value: assignment.value))
    #expect(text.items.map { text.text.fileRange($0)?.range } == [16..<24, 28..<36])
  }
}
