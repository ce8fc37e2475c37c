// What one probe of one address of a gateway found, and the words for it.

import PostfixFiles

/// The point that a conversation with a gateway had reached.
package enum Phase: String, Hashable, Sendable, CaseIterable {
  case connect = "while connecting"
  case greeting = "waiting for the greeting"
  case ehlo = "in EHLO"
  case tls = "in TLS"
  case sender = "after MAIL FROM"
  case recipient = "after RCPT TO"
}

/// An SMTP reply: its code and its text, lines joined by a space. The text is remote: it is made
/// printable when the value is made.
package struct Reply: Hashable, Sendable {
  package let code: Int
  package let text: String

  package init(code: Int, text: String) {
    self.code = code
    self.text = printable(text)
  }
}

/// What a probe found wrong, or that nothing was.
package enum ProbeFinding: Hashable, Sendable {
  /// 220, and EHLO accepted.
  case answers
  /// The name leads to no address.
  case unresolved(ResolutionError)
  case noRoute
  case connectionRefused
  case timedOut(Phase)
  case closedEarly(Phase)
  /// A reply that exceeds every reasonable length and never ends.
  case endlessReply(Phase)
  /// Any other failure of the network, in the system's words.
  case networkError(String)
  /// A greeting in 4xx: alive, but busy.
  case busy(Reply)
  /// A greeting in 5xx, or none of SMTP (3xx, which smtp(8) takes for a refusal and returns the mail): alive, and does not
  /// want us.
  case refusedUs(Reply)
  /// EHLO (or LHLO) was answered with 4xx or 5xx, and so was HELO where smtp(8) would try that.
  case ehloRejected(Reply)
  /// The answer to EHLO begins with our own name: mail would come back to us, and smtp(8) bounces it.
  case loopsBack(String)
  /// Takes messages of at most `offered` bytes, while `message_size_limit` lets larger ones in.
  case sizeTooSmall(offered: Int, limit: Int)
  /// TLS did not come about; the words of the library or of the gateway.
  case tlsFailed(String)
  /// TLS did not come about where it is not mandatory: the words for why. Mail waits, and leaves in clear text later.
  case fallsBack(String)
  /// No STARTTLS, where the transport asks for TLS.
  case noTLS
  case certificateExpired(days: Int)
  case certificateExpiresSoon(days: Int)
  /// The names that it is for.
  case certificateOfAnother([String])
  /// Whatever answered does not speak SMTP; the first bytes, printable.
  case notSMTP(String)
  /// This machine could not send the probe (no descriptors left, no such source address): that says
  /// nothing about the gateway.
  case notProbed(String)

  /// The state of an address of which this was found, taken alone.
  package var state: GatewayState {
    switch self {
    case .answers: .up
    case .busy, .sizeTooSmall, .fallsBack: .degraded
    case .noTLS, .certificateExpired, .certificateExpiresSoon, .certificateOfAnother: .degraded
    case .refusedUs: .refused
    case .ehloRejected(let reply): (400..<500).contains(reply.code) ? .degraded : .refused
    case .notProbed: .unknown
    default: .down
    }
  }

  /// Whether smtp(8) gives up the mail that nothing else can take, instead of trying again later.
  package var isFinal: Bool {
    switch self {
    case .unresolved(let why): why.kind != .unanswered
    case .loopsBack: true
    default: false
    }
  }

  /// The words for a person; empty when nothing is wrong. Safe to show.
  package var reason: String {
    switch self {
    case .answers: ""
    case .unresolved(let why):
      switch why.kind {
      // There it is, and Postfix does not use it.
      case .excluded, .otherFamily: why.words
      case .absent, .domain, .unanswered: "does not resolve: \(why.words)"
      }
    case .noRoute: "no route to host"
    case .connectionRefused: "connection refused"
    case .timedOut(let phase): "timed out \(phase.rawValue)"
    case .closedEarly(let phase): "closed the connection \(phase.rawValue)"
    case .endlessReply(let phase): "sends a reply without end \(phase.rawValue)"
    case .networkError(let words): printable(words)
    case .busy(let reply): "greets with \(reply.code) \(reply.text)"
    case .refusedUs(let reply): "refuses us: \(reply.code) \(reply.text)"
    case .ehloRejected(let reply): "answers EHLO with \(reply.code) \(reply.text)"
    case .loopsBack(let name): "answers with our own name, \(printable(name)): a mail loop"
    case .sizeTooSmall(let offered, let limit):
      "takes at most \(offered) bytes a message, message_size_limit is \(limit)"
    case .tlsFailed(let words): "TLS fails: \(printable(words))"
    case .fallsBack(let words): "TLS fails: \(printable(words)): mail waits for a second try, in clear text"
    case .noTLS: "does not offer STARTTLS"
    case .certificateExpired(let days): "its certificate expired \(Self.days(days)) ago"
    case .certificateExpiresSoon(let days): "its certificate expires in \(Self.days(days))"
    case .certificateOfAnother(let names):
      "its certificate is for \(names.isEmpty ? "no name" : printable(names.prefix(3).joined(separator: ", ")))"
    case .notSMTP(let text): "does not speak SMTP: \(printable(text))"
    case .notProbed(let words): "not probed: \(printable(words))"
    }
  }

  /// The words for why TLS did not come about, without what they begin with.
  var tlsWords: String { if case .tlsFailed(let words) = self { words } else { reason } }

  private static func days(_ count: Int) -> String { count == 1 ? "1 day" : "\(count) days" }
}

/// One probe of one address of a gateway.
package struct Reading: Hashable, Sendable {
  /// The numeric address or the socket's path; nil where the name did not resolve.
  package let address: String?
  package let port: Int?
  package internal(set) var finding: ProbeFinding
  /// Milliseconds from the first packet to the end of the greeting; nil where no greeting came.
  package let latency: Double?
  /// The capability lines of the EHLO answer, printable.
  package let capabilities: [String]
  package let encryption: Encryption
  package let transcript: Transcript
  /// The host that the address is of: the gateway itself, or one of its mail exchangers; nil if it is unknown.
  package internal(set) var host: String?
  /// What is wrong with the certificate, whether or not the transport checks it.
  package internal(set) var certificateFault: ProbeFinding?
  /// What it said of the recipient that a person asked it about; nil after a probe, which asks about none.
  package let recipient: RecipientAnswer?
  /// When the probe ended.
  package let time: ContinuousClock.Instant

  package init(
    address: String?, port: Int?, finding: ProbeFinding, latency: Double? = nil,
    capabilities: [String] = [], encryption: Encryption = .unknown, transcript: Transcript = Transcript(),
    recipient: RecipientAnswer? = nil, time: ContinuousClock.Instant = .now
  ) {
    self.recipient = recipient
    self.address = address
    self.port = port
    self.finding = finding
    self.latency = latency
    self.capabilities = capabilities.map { printable($0) }
    self.encryption = encryption
    self.transcript = transcript
    self.time = time
  }
}
