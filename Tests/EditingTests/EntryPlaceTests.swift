// An entry of a table whose pool is one that stock Postfix runs comes back to its place, and to the comment above it.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct EntryPlaceTests {
  private static let entries = "h.example smtp:[h]\n# ours\na.example\tsmtp:[a]\n# z\nz.example smtp:[z]\n"

  private func config(_ text: String = entries) -> MailConfig {
    configToPlan("relayhost = [gw]\ntransport_maps = texthash:/d/t\n", tables: ["t": text])
  }

  private func text(_ config: MailConfig) -> String? { config.files["/d/t"]?.document?.bytes.text }

  private func planned(_ config: MailConfig, _ scope: String, _ members: String...) throws -> MailConfig {
    try config.planning(wishInWords(scope, members, .stock), on: plannersMachine).config
  }

  /// Postfix makes no difference between A and a in a key; a person may.
  @Test(arguments: [entries, inCRLF(entries)])
  func theKeyIsSpelledAsItWas(entries: String) throws {
    let before = config(entries.replacing("a.example", with: "A.Example"))
    let pool = try planned(before, "to:a.example", "smtp:[a]", "smtp:[b]")
    #expect(text(pool)?.contains(MailConfig.placeMark(of: "A.Example")) == true)
    #expect(text(try planned(pool.written, "to:a.example", "smtp:[a]")) == text(before))
    #expect(
      text(try pool.applying(.removeRoute(key: "to:A.example", table: nil)))?.contains("randmap:") == false)
  }

  @Test(arguments: [entries, inCRLF(entries)])
  func oneDestinationAgainIsInItsPlace(entries: String) throws {
    let before = config(entries)
    let pool = try planned(before, "to:a.example", "smtp:[a]", "smtp:[b]")
    #expect(text(pool)?.contains("# ours") == true && text(pool)?.contains("a.example\tsmtp") == false)
    let back = try planned(pool.written, "to:a.example", "smtp:[a]")
    #expect(text(back) == entries)
    #expect(back.main.document.bytes == before.main.document.bytes)
    // Also where a person writes it.
    let bare = try pool.applying(.removeRoute(key: "to:a.example", table: nil))
    let newline = entries.contains("\r\n") ? "\r\n" : "\n"
    #expect(text(bare) == entries.replacing("a.example\tsmtp:[a]\(newline)", with: ""))
    let other = try pool.applying(.setRoute(key: "a.example", value: "smtp:[c]", table: nil))
    #expect(text(other) == entries.replacing("smtp:[a]", with: "smtp:[c]"))
  }

  /// The last entry needs no mark, and a conversion of all pools makes none.
  @Test(arguments: [false, true]) func onlyWhereItWouldMoveIsAMark(isInCRLF: Bool) throws {
    func text(_ unix: String) -> String { isInCRLF ? inCRLF(unix) : unix }
    let last = try planned(config(text(Self.entries)), "to:z.example", "smtp:[z]", "smtp:[b]")
    #expect(self.text(last) == text(Self.entries.replacing("z.example smtp:[z]\n", with: "")))
    let agent = config(text("# x\na.example randmap:!smtp:[a]!smtp:[b]\nb.example smtp:[b]\n"))
    #expect(self.text(try agent.converting([], to: .stock).config) == text("# x\nb.example smtp:[b]\n"))
  }

  /// A new entry would come into the first table.
  @Test(arguments: ["\n", "\r\n"]) func theTableIsTheOneThatItWasIn(newline: String) throws {
    let before = configToPlan(
      "transport_maps = texthash:/d/t, texthash:/d/u\(newline)",
      tables: ["t": "t.example smtp:[t]\(newline)", "u": "a.example\tsmtp:[a]"])
    let pool = try planned(before, "to:a.example", "smtp:[a]", "smtp:[b]")
    #expect(pool.files["/d/u"]?.document?.bytes.text == MailConfig.placeMark(of: "a.example"))
    let back = try planned(pool.written, "to:a.example", "smtp:[a]")
    #expect(back.files["/d/u"]?.document?.bytes == before.files["/d/u"]?.document?.bytes)
    #expect(text(back) == text(before) && back.main.document.bytes == before.main.document.bytes)
  }

  /// A table of two entries, of which one is a pool in main.cf and the other goes, is empty.
  @Test func aMarkKeepsNoTable() throws {
    let made = try configToPlan("relayhost = [gw]\n# randmap: agent\n").planning(
      wishInWords("to:a.example", ["smtp:[a]"]), on: plannersMachine
    ).config
    let two = try made.planning(wishInWords("to:b.example", ["smtp:[b]"]), on: plannersMachine).config.written
    let pool = try planned(two, "to:a.example", "smtp:[a]", "smtp:[c]")
    let path = try #require(pool.tablePaths.first)
    #expect(pool.document(path)?.bytes.text.contains(MailConfig.placeMark(of: "a.example")) == true)
    let bare = try pool.applying(.removeRoute(key: "to:b.example", table: nil))
    #expect(bare.tablePaths.isEmpty, "\(bare.main.document.bytes.text)")
    let back = try planned(bare.written, "to:a.example", "smtp:[a]")
    #expect(Resolver(back).route("u@a.example").words == "smtp:[a]")
  }

  /// The pool of a sender has the same key, and is for other mail.
  @Test func theSameKeyOfAnotherSettingKeepsNoMark() throws {
    let before = configToPlan(
      "transport_maps = texthash:/d/t\nsender_dependent_default_transport_maps = texthash:/d/s\n",
      tables: [
        "t": "u@a.example smtp:[a]:26\nz.example smtp:[z]\n",
        "s": "u@a.example smtp:[s]\nu@z.example smtp:[z]\n",
      ])
    let one = try planned(before, "to:u@a.example", "smtp:[a]:26", "smtp:[b]:26")
    let both = try planned(one.written, "from:u@a.example", "smtp:[c]:26", "smtp:[d]:26").written
    let mark = MailConfig.placeMark(of: "u@a.example")
    #expect([text(both), both.files["/d/s"]?.document?.bytes.text].allSatisfy { $0?.contains(mark) == true })
    let bare = try both.applying(.setRoute(key: "transport_maps", value: "texthash:/d/t", table: nil))
    #expect(text(bare) == "z.example smtp:[z]\n")
    #expect(bare.files["/d/s"]?.document?.bytes.text.contains(mark) == true)
  }
}
