// Whatever a server writes of a mailbox, no name of a person is kept.

import Testing

@testable import Traffic

private func folded(_ words: String, _ recipients: String...) -> String {
  var people = People()
  for recipient in recipients { people.add(Array(recipient.utf8)[...]) }
  let bytes = Array(words.utf8)
  return Reason(bytes.span, words: 0..<bytes.count, people: people, queueID: nil).text
}

@Suite struct PeopleTests {
  @Test(arguments: [
    ("452 anna.schmidt%x.example over quota", "452 <address> over quota"),
    ("452 x.example!anna.schmidt over quota", "452 <address> over quota"),
    ("452 anna.schmidt's mailbox is full", "452 <address>'s mailbox is full"),
    ("452 cannot open /home/anna.schmidt/Maildir", "452 cannot open /home/<address>/Maildir"),
    ("452 cannot open /home/anna.schmidt/12345", "452 cannot open <address>"),
    ("452 Anna Schmidt is over quota", "452 <address> is over quota"),
    ("452 SCHMIDT, Anna: full", "452 <address>, <address>: full"),
    ("452 mailbox annaschmidt full", "452 mailbox <address> full"),
    ("452 'anna_schmidt' is full", "452 '<address>' is full"),
    (
      "452 user=anna-schmidt full (in reply to RCPT TO command)",
      "452 user=<address> full (in reply to RCPT TO command)"
    ),
  ])
  func theNameOfARecipientIsFolded(words: String, text: String) {
    #expect(folded(words, "anna.schmidt@example.net") == text)
  }

  /// Not each of them is looked for: then no word stays that is not one of servers.
  @Test func noPartOfAnEndlessAddressIsShown() {
    let parts = (100..<2_000).map {
      "n\($0)".map { $0.isNumber ? String("abcdefghij".dropFirst(Int(String($0)) ?? 0).prefix(1)) : "\($0)" }
        .joined()
    }
    for part in [parts[0], parts[400], parts[1_899]] {
      let text = folded("452 mailbox of \(part) is full", parts.joined(separator: ".") + "@x.example")
      #expect(!text.contains(part) && text.hasSuffix("is full"), "\(text)")
    }
  }

  @Test func allPartsAndAllAddressesCount() {
    #expect(folded("452 Bob Miller is away", "bob-miller@x.example") == "452 <address> is away")
    #expect(folded("452 bob-miller full", "bob_miller+news@x.example") == "452 <address> full")
    #expect(folded("452 <jo.b@x.example>: Jo.B is full", "y@z.example") == "452 <address>: <address> is full")
    #expect(folded("452 anna is full", "info@x.example", "anna@x.example") == "452 <address> is full")
    #expect(folded("452 Anna Schmidt is away", "anna77.7schmidt@x.example") == "452 <address> is away")
    // Postfix's own words stay, whatever an address is.
    #expect(
      folded("450 no (in reply to end of DATA command)", "data.reply@x.example")
        == "450 no (in reply to end of DATA command)")
    #expect(folded("450 no (in reply to anna)", "anna@x.example") == "450 no (in reply to <address>)")
    // Parts that are too short to be a name stay.
    #expect(folded("450 4.2.2 it is full at 450", "is.450.it@x.example") == "450 4.2.2 it is full at N")
  }

  /// The address that the message was sent to, before an alias changed it.
  @Test func theOriginalRecipientIsFolded() {
    let line = Sample(
      message:
        "4ABCDE: to=<u7@store.example>, orig_to=<anna.schmidt@example.net>, relay=127.0.0.2[127.0.0.2]:25, "
        + "delay=3, delays=1/0/2/0, dsn=4.2.2, status=deferred (host 127.0.0.2[127.0.0.2] said: 452 4.2.2 "
        + "anna.schmidt over quota (in reply to RCPT TO command))")
    let reasons = report(tally([line])).gateways.flatMap { $0.reasons.map(\.text) }
    #expect(reasons == ["452 4.2.2 <address> over quota (in reply to RCPT TO command)"])
  }

  @Test func wordsThatServersUseAreInSmallLetters() {
    #expect(ServerWords.all.count > 300 && ServerWords.all.allSatisfy { $0 == $0.lowercased() })
    #expect(["mailbox", "full", "quota", "insufficient", "storage"].allSatisfy(ServerWords.all.contains))
  }
}
