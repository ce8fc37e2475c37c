// The table that a new entry is for: one that is asked for its key.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct RouteTableTests {
  private func config(_ main: String, _ names: String...) -> MailConfig {
    var config = configToPlan(main)
    for name in names {
      let path = "/d/\(name)"
      config.files[path] = .read(Document(path: path, bytes: Bytes("u@x.example smtp:[x]\n".utf8)))
    }
    return config
  }

  private func refusal(_ config: MailConfig, _ edit: Edit) -> String? {
    do throws(EditError) { _ = try config.applying(edit) } catch { return error.message }
    return nil
  }

  @Test func anEntryGoesIntoTheTableThatIsAskedForIt() throws {
    let both = config(
      "transport_maps = texthash:/d/t\nsender_dependent_default_transport_maps = texthash:/d/s\n", "t", "s")
    for (key, table) in [("d.example", "t"), (".d.example", "t"), ("@d.example", "s")] {
      let edited = try both.applying(.setRoute(key: key, value: "smtp:[in2]", table: nil))
      #expect(edited.editedDocuments.map(\.path) == ["/d/\(table)"], "\(key)")
    }
    // Both are asked for a whole address.
    #expect(
      refusal(both, .setRoute(key: "v@d.example", value: "smtp:[in2]", table: nil))
        == "\"v@d.example\" could be written to /d/t, /d/s; choose one with --table FILE")
    #expect(
      refusal(both, .removeRoute(key: "d.example", table: nil)) == "no parameter or table entry \"d.example\""
    )
  }

  @Test func withoutATableTheCallThatMakesOneIsNamed() {
    #expect(
      refusal(config("relayhost = [gw]\n"), .setRoute(key: "d.example", value: "smtp:[in2]", table: nil))
        == "\"d.example\": main.cf names no table for entries yet; to send its mail there: "
        + "randmap pool to:d.example 'smtp:[in2]'")
  }
}
