// What a gateway says of a recipient before any message is sent to it.

/// What came of `MAIL FROM` and `RCPT TO`, after which no message followed.
package enum RecipientAnswer: Hashable, Sendable {
  case taken(Reply)
  /// Answered with 4xx or 5xx, to which of the two.
  case refused(Reply, Phase)
  /// It was not asked, or did not answer: why.
  case unknown(String)

  /// `takes it: 250 2.1.5 Ok`; the text is remote, and safe to show.
  package var words: String {
    switch self {
    case .taken(let reply): "takes it: \(reply.code) \(reply.text)"
    case .refused(let reply, let phase):
      "\(reply.code >= 500 ? "refuses it" : "defers it") \(phase.rawValue): \(reply.code) \(reply.text)"
    case .unknown(let why): "no answer: \(why)"
    }
  }
}
