// What the reasons of delayed mail say of the gateways that it waits for.

import Testing

@testable import PostfixTools

@Suite struct WaitingMailTests {
  @Test(arguments: [
    (
      "connect to GW.example[192.0.2.1]:25: Connection refused",
      DeliverySite(host: "gw.example", address: "192.0.2.1", port: 25)
    ),
    (
      "delivery temporarily suspended: connect to gw.example[2001:db8::1]:2525: No route to host",
      DeliverySite(host: "gw.example", address: "2001:db8::1", port: 2525)
    ),
    (
      "host gw.example[192.0.2.1] said: 450 4.7.1 [busy] (in reply to RCPT TO command)",
      DeliverySite(host: "gw.example", address: "192.0.2.1", port: nil)
    ),
    (
      "Host or domain name not found. Name service error for name=gw.example type=A: Host not found",
      DeliverySite(host: "gw.example", address: nil, port: nil)
    ),
    (
      "connect to store.example[private/lmtp]: Connection refused",
      DeliverySite(host: "store.example", address: "private/lmtp", port: nil)
    ),
  ])
  func namesTheSite(reason: String, site: DeliverySite) {
    #expect(DeliverySite(inReason: reason) == site)
  }

  @Test(arguments: ["", "4.3.0 try again", "[odd] reason", "name=", "a[unfinished"])
  func namesNone(reason: String) {
    #expect(DeliverySite(inReason: reason) == nil)
  }

  @Test func countsEachMessageOnceForEachSite() {
    let one = #"{"address": "a@b", "delay_reason": "connect to gw1[192.0.2.1]:25: refused"}"#
    let two = #"{"address": "c@d", "delay_reason": "host gw2[192.0.2.2] said: 450 no"}"#
    let listing = """
      {"queue_name": "deferred", "recipients": [\(one), \(one)]}
      {"queue_name": "deferred", "recipients": [\(one), \(two)]}
      {"queue_name": "active", "recipients": [{"address": "e@f"}]}
      garbage

      """
    let mail = WaitingMail(listing: Array(listing.utf8))
    #expect(mail.total == 4)
    #expect(mail.count { $0.host == "gw1" } == 2)
    #expect(mail.count { $0.host == "gw2" } == 1)
    #expect(mail.count { _ in true } == 2)
  }
}
