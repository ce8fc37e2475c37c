// Every rule that calls something an error or a warning has its claim shown on a real Postfix, or stands here with the
// reason why it has not.

import Testing

@testable import Checks

@Suite struct ClaimsListTests {
  /// What cannot be shown here, or claims nothing of Postfix.
  private static let unshown = [
    "RM120": "a release before 3.0", "RM206": "a release before 3.5, see ReleaseClaimsTests",
    "RM314": "a release before 3.5, see ReleaseClaimsTests",
    "RM122": "of the agent, shown by MailFlowTests", "RM123": "of the agent, shown by LifeTests",
    "RM128": "of the agent, shown by TroubleTests",
    "RM319": "the limits are named after the transport, postconf(5)",
    "RM403": "arithmetic", "RM601": "arithmetic",
    "RM603": "no claim but that a list has one transport, which RM203 shows", "RM606": "arithmetic",
    "RM610": "Postfix 3.8 and later, see ReleaseClaimsTests",
    "RM607": "seen twice in 300 deliveries, on 3.12 alone", "RM704": "RM703 with every gateway dead",
    "RM705": "RM607 by another name",
    "RM620": "of randmap's own comments, claims nothing of Postfix",
    "RM621": "of randmap's own comments, shown by DrainEndTests",
    "RM622": "of randmap's own comments, claims nothing of Postfix",
    "RM623": "of randmap's own comments, shown by RampTests",
    "RM801": "what anybody may write", "RM810": "of randmap's own journal, claims nothing of Postfix",
    "RM124": "needs a Postfix without a type; the corpus has what each lookup does then",
    "RM517": "Postfix 3.8 and later, see SRVClaimsTests",
    "RM518": "Postfix 3.8 and later, see SRVClaimsTests",
    "RM519": "Postfix 3.8 and later, see SRVClaimsTests",
    "RM520": "Postfix 3.8 and later, see SRVClaimsTests",
    "RM905": "the key is looked up as RM904 shows it",
    "RM908": "needs a server with a login, and Cyrus SASL's plug-ins",
  ]

  @Test func everyClaimIsShownOrItsAbsenceExplained() {
    let shown = Set(
      RoutingClaim.all.map(\.code) + RoutingClaimsTests.fatal + ["RM112"] + DeliveryClaimsTests.fatal
        + DeliveryClaimsTests.unavailable + PostfixClaimsTests.codes + GatewayClaimsTests.codes
        + ProbeClaimsTests.codes + ExchangerClaimsTests.codes + ServiceClaimsTests.codes
        + DatabaseClaimsTests.codes + InboundClaimsTests.codes)
    let graver = Rule.all.filter { $0.severity >= .warning }.map(\.code)
    #expect(graver.filter { !shown.contains($0) && Self.unshown[$0] == nil } == [])
    #expect(shown.filter { Rule.named($0) == nil } == [], "no such rule")
    #expect(Self.unshown.keys.filter { shown.contains($0) } == [], "shown all the same")
  }
}
