// What other programs and machines say, apart from configurations: mail servers, the DNS, the queue manager, delivery agents,
// clients of the lookup service, files of settings. One function of bytes for each, as in Parsers.swift.

import Changes
import Console
import Editing
import Gateways
import Liveness
import PostfixFiles
import PostfixTools
import Routing
import Store
import Traffic

@testable import Changes
@testable import Liveness
@testable import PostfixTools

/// What the bytes of an input are given to. Each has a directory of its name below Tests/Fuzzing/wire.
package enum WireParser: String, CaseIterable, Sendable {
  case replies, names, themes, settings, journal, agentReport, queueListing, log, spoken, rows, positions,
    kept
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
    case .log: logLines(bytes)
    case .spoken: spokenWords(bytes)
    case .rows: rows(bytes)
    case .positions: positions(bytes)
    case .kept: keptEdits(bytes)
    case .requests: requests(bytes)
    case .reports: reports(bytes)
    case .greetings: greetings(bytes)
    case .netstrings: netstrings(bytes)
    }
  }

  private func replies(_ bytes: [UInt8]) -> [String] {
    var reader = ReplyReader(lineLimit: 100, countLimit: 10)
    var complaints: [String] = []
    do throws(ReplyReader.ReplyError) {
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
    var mail = WaitingMail([.host("gw1.example", port: 25), .unix("private/lmtp")])
    for piece in [bytes.prefix(bytes.count / 2), bytes.dropFirst(bytes.count / 2)] { mail.feed(piece) }
    mail.finish()
    var complaints: [String] = []
    for waiting in mail.byGateway.values {
      if waiting.messages > mail.total { complaints.append("more mail waits than there is") }
      complaints += Self.rawReasons(waiting.reasons)
    }
    return complaints
  }

  /// However a log is cut into pieces, the counts are the same, and no word in them can control a terminal.
  private func logLines(_ bytes: [UInt8]) -> [String] {
    let gateway = Gateway.host("127.0.0.2", port: 25)
    func tally(_ size: Int) -> Tally {
      var tally = Tally(Channels([Channel(gateway: gateway, tag: "postfix/smtp")]), latest: 1_795_888_800)
      for start in stride(from: 0, to: bytes.count, by: size) {
        tally.feed(Array(bytes[start..<min(start + size, bytes.count)]))
      }
      tally.finish()
      return tally
    }
    let (whole, cut) = (tally(max(1, bytes.count)).counts, tally(7).counts)
    let cell = whole.sum(channel: 0)
    var complaints = Self.rawReasons(whole.reasons[0])
    if cell != cut.sum(channel: 0) { complaints.append("other counts where the log is cut elsewhere") }
    if min(cell.sent, cell.deferred, cell.refused) < 0 { complaints.append("less than nothing") }
    if cell.messages > cell.attempts { complaints.append("more messages than lines") }
    if whole.hosts.contains(where: { $0 != printable($0) }) { complaints.append("a host with raw bytes") }
    return complaints
  }

  /// A row of a pool database is read as the same again, once what a line cannot hold (a control character at the start of a
  /// reason) has become a blank.
  private func rows(_ bytes: [UInt8]) -> [String] {
    let rows = PoolRows(text: bytes.text)
    _ = RowChange(from: bytes.text, to: rows.text, author: "a", summary: "s").progress(in: bytes.text)
    let again = PoolRows(text: PoolRows(text: rows.text).text)
    return again.text == PoolRows(text: again.text).text
      ? [] : ["rows that are others when they are read again"]
  }

  private func positions(_ bytes: [UInt8]) -> [String] {
    guard let position = LogPosition(text: bytes.text) else { return [] }
    return LogPosition(text: position.text) == position ? [] : ["another place"]
  }

  private func keptEdits(_ bytes: [UInt8]) -> [String] {
    guard let kept = KeptEdits(bytes: bytes) else { return [] }
    return KeptEdits(bytes: kept.bytes)?.bytes == kept.bytes ? [] : ["other edits"]
  }

  private static func rawReasons(_ reasons: Reasons) -> [String] {
    reasons.top(100).contains { $0.text != printable($0.text) || $0.queueID != printable($0.queueID) }
      ? ["a reason with raw bytes"] : []
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
