// What a gateway costs that neither answers nor refuses, in a pool that stock Postfix runs: the figures of the page for it.

import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct SilentGatewayTests {
  /// unionmap puts the list after the choice. A gateway that is chosen and begins the list is tried twice before any other.
  @Test(arguments: [1, 2])
  func aDeliveryThatChoseItTriesItAsOftenAsItIsListed(tries: Int) throws {
    let (hole, sink) = (try BlackHole(), try SmtpSink())
    func hop(_ address: LoopbackAddress) -> String { "[\(address.host)]:\(address.port)" }
    let list = tries == 2 ? "\(hop(hole.address)),\(hop(sink.address))" : hop(sink.address)
    let lab = try PostfixLab(
      main: """
        smtp_connect_timeout = 3s
        sender_dependent_default_transport_maps =
            unionmap:{randmap:{smtp:\(hop(hole.address))}, static:{\(list)}}

        """)
    try lab.send(1, to: "user@elsewhere.example")
    try lab.waitUntilDrained()
    let delivery = try #require(lab.deliveries.first)
    #expect(delivery.status == .sent && delivery.relay.hasSuffix(":\(sink.address.port)"))
    let expected = 3 * Double(tries)
    #expect(delivery.delay >= expected && delivery.delay < expected + 2.5, "\(delivery.delay)")
  }
}
