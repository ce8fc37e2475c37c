// Where mail for an address goes: every destination with its probability, and the settings that decided it.

import PostfixFiles

/// What trivial-rewrite(8) can make of an address.
package enum RouteOutcome: Hashable, Sendable {
  /// Byte for byte as trivial-rewrite(8) returns them.
  case destination(transport: Bytes, nextHop: Bytes)
  /// A lookup fails: the mail waits ("address resolver failure").
  case deferred(String)
  /// The address is refused: the mail goes back.
  case refused(String)
  /// trivial-rewrite(8) ends: all mail waits.
  case standstill(String)
  /// It cannot be said here.
  case unknown(String)

  package var isDestination: Bool { if case .destination = self { true } else { false } }

  /// Why mail goes nowhere.
  package var reason: String? {
    switch self {
    case .destination: nil
    case .deferred(let reason), .refused(let reason), .standstill(let reason), .unknown(let reason): reason
    }
  }
}

/// A setting that took part in the decision.
package struct RouteStep: Hashable, Sendable {
  /// The parameter.
  package let parameter: String
  /// Where it is, or the table entry that it led to; nil for a built-in default.
  package let file: String?
  /// From 1.
  package let line: Int?
  /// What it came to, for people.
  package let detail: String
  /// Whether that is a lookup that fails.
  package let isFailure: Bool
}

/// The answer for one recipient and one sender.
package struct RouteAnswer: Sendable {
  /// As it was asked for.
  package let recipient: String
  /// Empty for the null sender.
  package let sender: String
  package let outcomes: [(value: RouteOutcome, share: Double)]
  /// In the order in which they were asked; of random choices all that can be.
  package let trail: [RouteStep]
  /// The last step with a place that the outcomes come from: Postfix asks for a relayhost in any case, and a destination
  /// with a next hop of its own makes nothing of the answer.
  package let deciding: RouteStep?
  /// The classes that the address may have; more than one where a list answers at random.
  package let classes: Set<AddressClass>
  /// What could not be evaluated here; the answer takes it for "not found". Empty: the answer is complete.
  package let unknown: [String]
  /// The tables that answered at random, which only draws show.
  package let drawn: [DrawnTable]
  /// Whether a random choice for the key `*` decides: Postfix keeps it for 30 seconds, so that the shares only
  /// show over many such spans.
  package let isHeld: Bool

  package var isComplete: Bool { unknown.isEmpty && drawn.isEmpty }
}

/// The classes of addresses (ADDRESS_CLASS_README), of which each has a transport of its own.
package enum AddressClass: Sendable {
  /// mydestination and the addresses of this host.
  case local
  /// virtual_alias_domains.
  case alias
  /// virtual_mailbox_domains.
  case virtual
  /// relay_domains.
  case relay
  /// All others, by default_transport.
  case other
}

/// What the resolver has to ask, because no file says it.
package struct RouteContext {
  /// Looks `key` up in `table` (`type:name`).
  package let ask: (_ table: String, _ key: Bytes) -> TableAnswer
  /// Looks `key` up in `table` `count` times. The result is nil where a lookup failed or took too long. The function itself
  /// is nil where tables are asked only once.
  package let draw: ((_ table: String, _ key: Bytes, _ count: Int) -> TableDraws?)?
  /// The addresses of this machine's interfaces.
  package let interfaceAddresses: () -> [String]
  /// The addresses of a name in inet_interfaces, as the system's own lookup says; nil where it is not to be asked.
  package let addressesOfName: (String) -> [String]?
  /// Whether the configuration is a copy, whose tables have their indices elsewhere: then their texts are read.
  package let isCopy: Bool
  /// Whether tables are taken as their texts have them, whatever their indices hold: so they are after a write, which makes
  /// these anew.
  package private(set) var readsTexts = false

  package init(
    ask: @escaping (_ table: String, _ key: Bytes) -> TableAnswer = { table, _ in
      .unknown("\(table) cannot be asked here")
    },
    draw: ((_ table: String, _ key: Bytes, _ count: Int) -> TableDraws?)? = nil,
    interfaceAddresses: @escaping () -> [String] = { [] },
    addressesOfName: @escaping (String) -> [String]? = { _ in nil }, isCopy: Bool = false
  ) {
    self.isCopy = isCopy
    self.ask = ask
    self.draw = draw
    self.interfaceAddresses = interfaceAddresses
    self.addressesOfName = addressesOfName
  }

  /// The same for tables whose indices are as their texts.
  package func readingTexts() -> RouteContext {
    var context = self
    context.readsTexts = true
    return context
  }

  /// The same where a table without its index is read from its text.
  package var ofCopy: RouteContext {
    RouteContext(
      ask: ask, draw: draw, interfaceAddresses: interfaceAddresses, addressesOfName: addressesOfName,
      isCopy: true)
  }
}
