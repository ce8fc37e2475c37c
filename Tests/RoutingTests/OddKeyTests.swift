// Keys that no table is asked for.

import PostfixFiles
import Testing

@testable import Routing

@Suite struct OddKeyTests {
  @Test(arguments: [
    ("@", OddKey.emptyDomain), (".example.com", .parentDomain), ("example.com", .userOnly),
    ("@example.com", nil),
    ("john", nil), ("<>", nil),
  ])
  func aTableForSendersIsAskedForAddressesDomainsAndUsers(key: String, odd: OddKey?) {
    #expect(OddKey(key, in: .senders) == odd)
  }

  @Test func theMailWithoutASenderHasAKeyOfItsOwn() {
    #expect(
      OddKey.emptyDomain.words("@", in: "here").hasSuffix(
        "need \"@domain\", or \"<>\" for mail without a sender"))
  }
}
