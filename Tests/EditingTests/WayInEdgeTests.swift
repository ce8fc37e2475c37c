// Entries with a transport alone, an entry for all mail that is taken away, and an option of the rewrite service.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct WayInEdgeTests {
  private func config(_ main: String, _ table: String, master: String = plannedServices) -> MailConfig {
    var config = MailConfig(
      directory: "/d", environment: Environment(hostName: "mx.here.example"), main: main, master: master
    ).readingFiles()
    config.files["/d/t"] = .read(Document(path: "/d/t", bytes: Bytes(table.utf8)))
    return config
  }

  /// Half goes on to the servers of the domain, as all of it did.
  @Test func aMemberIsAddedToAnEntryWithATransportAlone() throws {
    let config = config("relayhost = [gw1]\ntransport_maps = texthash:/d/t\n", "d.example smtp:\n")
    let edited = try config.applying(.add(pool: "to:d.example", member: "[y.example]", weight: 1))
    #expect(
      Resolver(edited).route("u@d.example").words == "smtp:[y.example] 50.0%, smtp:d.example 50.0%")
  }

  @Test func theEntryForAllMailIsWhatDecidesForIt() throws {
    let config = config(
      "transport_maps = texthash:/d/t\n", "a.example smtp:[a]\n* smtp:[gw1]\nb.example :\n")
    let edited = try config.applying(.removeRoute(key: "outbound", table: nil))
    #expect(edited.files["/d/t"]?.document?.bytes.text == "a.example smtp:[a]\nb.example :\n")
    #expect(edited.main.document.bytes == config.main.document.bytes)
  }

  @Test func anOptionOfTheRewriteServiceDecidesFirst() throws {
    let config = config(
      "relayhost = [gw1]\n", "",
      master: plannedServices.replacing("trivial-rewrite\n", with: "trivial-rewrite\n  -o relayhost=[ov]\n"))
    for edit in [
      Edit.setRoute(key: "relayhost", value: "[x]", table: nil), .removeRoute(key: "relayhost", table: nil),
    ] {
      let notes = config.remarks(on: try config.applying(edit), after: [edit])
      #expect(notes.contains { $0.hasPrefix("relayhost (/d/master.cf:") }, "\(notes)")
    }
  }
}
