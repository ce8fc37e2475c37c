// What other programs and machines say, apart from configurations: mail servers, the DNS, the queue manager, delivery agents,
// clients of the lookup service, files of settings. One function of bytes for each, as in Parsers.swift.

import Changes
import Console
import Gateways
import Liveness
import PostfixFiles
import PostfixTools
import Routing

@testable import Changes
@testable import Liveness
@testable import PostfixTools

/// What the bytes of an input are given to. Each has a directory of its name below Tests/Fuzzing/wire.
package enum WireParser: String, CaseIterable, Sendable {
  case replies, names, themes, settings, journal, agentReport, queueListing, spoken
  // Those of the agent are in AgentParsers.swift.
  case requests, reports, greetings, netstrings

  /// Takes any bytes, and says what does not hold that must.
  package func complaints(about bytes: [UInt8]) -> [String] {
    switch self {
    case .replies: replies(bytes)
    case .names: names(bytes)
    case .themes: themes(bytes)
    case .settings: settings(bytes)
    case .journal: journal(bytes)
    case .agentReport: agentReport(bytes)
    case .queueListing: queueListing(bytes)
    case .spoken: spokenWords(bytes)
    case .requests: requests(bytes)
    case .reports: reports(bytes)
    case .greetings: greetings(bytes)
    case .netstrings: netstrings(bytes)
    }
  }

  private func replies(_ bytes: [UInt8]) -> [String] {
    var reader = ReplyReader(lineLimit: 100, countLimit: 10)
    var complaints: [String] = []
    do throws(ReplyReader.Failure) {
      for byte in bytes {
        guard let reply = try reader.take(byte) else { continue }
        if !(200..<600).contains(reply.code) { complaints.append("a code of \(reply.code)") }
        if reply.texts.count > 10 || reply.texts.contains(where: { $0.count > 100 }) {
          complaints.append("a reply beyond its limits")
        }
      }
    } catch {}
    return complaints
  }

  private func names(_ bytes: [UInt8]) -> [String] {
    var complaints: [String] = []
    for type in [RecordType.mx, .a, .aaaa] {
      if type == .mx {
        let hosts = (try? DNSLookup.exchangers(in: bytes)) ?? []
        if hosts.contains(where: { $0.utf8.count > 1_024 }) { complaints.append("a name without end") }
      } else if let addresses = try? DNSLookup.addresses(type, in: bytes) {
        if addresses.contains(where: { $0.contains { !$0.isHexDigit && $0 != "." && $0 != ":" } }) {
          complaints.append("an address that is none")
        }
      }
    }
    return complaints
  }

  private func themes(_ bytes: [UInt8]) -> [String] {
    do throws(ThemeError) {
      _ = try Theme(MainCf(Document(path: "/theme", bytes: bytes)))
      return []
    } catch {
      return error.description == printable(error.description) ? [] : ["a message with raw bytes"]
    }
  }

  private func settings(_ bytes: [UInt8]) -> [String] {
    var settings = ProbeSettings()
    for assignment in MainCf(Document(path: "/settings", bytes: bytes)).assignments {
      do throws(ProbeSettingError) {
        try settings.set(assignment.name, to: assignment.value.text)
      } catch {
        if "\(error)" != printable("\(error)") { return ["a message with raw bytes"] }
      }
    }
    return []
  }

  /// Names that a journal makes stay beside their targets.
  private func journal(_ bytes: [UInt8]) -> [String] {
    guard let journal = Journal(json: bytes) else { return [] }
    return journal.entries.flatMap(\.names).contains { $0.isEmpty } ? ["a name of nothing"] : []
  }

  private func agentReport(_ bytes: [UInt8]) -> [String] {
    _ = AgentReport(text: bytes.text)
    return []
  }

  private func queueListing(_ bytes: [UInt8]) -> [String] {
    let mail = WaitingMail(listing: bytes)
    return mail.count { _ in true } <= mail.total ? [] : ["more mail at sites than there is"]
  }

  private func spokenWords(_ bytes: [UInt8]) -> [String] {
    var complaints: [String] = []
    let words = PostfixFiles.spoken(bytes, atMost: 300)
    if words != printable(words) { complaints.append("raw bytes") }
    for form in OutputForm.allCases {
      let spelt = form.spell(bytes.text)
      if spelt != printable(spelt) { complaints.append("raw bytes in \(form)") }
    }
    let shown = terminalText(bytes).filter { $0 != UInt8(ascii: "\n") && $0 != 0x09 }
    if printable(shown) != shown.text { complaints.append("raw bytes on a terminal") }
    var transcript = Transcript()
    for line in bytes.split(separator: UInt8(ascii: "\n")) { transcript.add(.gateway, line) }
    if transcript.lines.contains(where: { $0.text != printable($0.text) }) {
      complaints.append("raw transcript")
    }
    return complaints
  }
}
