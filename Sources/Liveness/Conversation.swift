// What a probe sends and when: a pure machine of bytes in and actions out, without a network.
//
// Nothing is sent before the last line of the greeting: a probe that answers postscreen's `220-` teaser is
// taken for a zombie. Every conversation that got a greeting ends with QUIT, so that no
// "lost connection" appears in the gateway's log.
//
// Only where a person asked for it, an envelope follows: MAIL FROM, one RCPT TO, RSET. No message ever does.

import Gateways
import PostfixFiles
import Routing

/// One probe's side of an SMTP or LMTP session.
struct Conversation {
  enum Action: Equatable {
    case send(String)
    /// The greeting is complete: stop the clock.
    case greeted
    /// Begin the handshake; `tlsEstablished` or `tlsFailed` says how it ended.
    case startTLS
    /// What there is to find is found; QUIT is under way, its answer is a courtesy.
    case found(ProbeFinding)
    case close
  }

  enum Step {
    case greeting, ehlo, helo, startTLS, handshake, sender, recipient, reset, quit, closed
  }

  private let mailProtocol: MailProtocol
  private let heloName: String
  private var reader: ReplyReader
  var step = Step.greeting
  private(set) var capabilities: [String] = []
  private(set) var encryption = Encryption.unknown
  private(set) var transcript = Transcript()
  /// The reading without TLS, in case TLS fails.
  private var findingInClear = ProbeFinding.answers

  private var hasGreeted = false
  /// The name that a gateway may not have, as mail would loop; nil where smtp(8) does not look at it.
  private let ownName: String?
  private let messageSizeLimit: Int
  /// Whom the envelope is for; nil for a probe, which has none.
  let recipient: String?
  let tls: TLSPolicy
  /// What is found before the envelope: that does not change it.
  var findingOfProbe = ProbeFinding.answers
  var recipientAnswer: RecipientAnswer?

  /// - Parameters:
  ///   - isOnMailPort: smtp(8) looks for a loop only on the port of SMTP: on another one there may be a content filter, or
  ///     a further Postfix of this machine.
  ///   - recipient: an address of printable ASCII, without blanks and angle brackets.
  init(
    approach: Approach, limits settings: ProbeSettings, isOnMailPort: Bool = false, recipient: String? = nil
  ) {
    tls = approach.tls
    // It is typed by a person: a line break in it must not become a command.
    self.recipient = recipient.map { printable($0) }
    mailProtocol = approach.mailProtocol
    ownName = isOnMailPort && mailProtocol == .smtp ? settings.ownName : nil
    messageSizeLimit = settings.messageSizeLimit
    // A line break in a configured name must not become a command.
    heloName = printable(approach.heloName)
    reader = ReplyReader(lineLimit: settings[.replyLineLimit], countLimit: settings[.replyCountLimit])
  }

  /// The connection is made: with TLS from the first byte, the handshake comes before the greeting.
  mutating func connected(isWrapped: Bool) -> [Action] {
    guard isWrapped else { return [] }
    step = .handshake
    return [.startTLS]
  }

  /// The handshake succeeded.
  mutating func tlsEstablished(_ certificate: Certificate) -> [Action] {
    guard step == .handshake else { return [] }
    encryption = .established(certificate)
    transcript.add(.event, "TLS established".utf8)
    // Nothing was read yet: the greeting is to come.
    step = hasGreeted ? .ehlo : .greeting
    return hasGreeted ? written([.send("\(helloVerb) \(heloName)\r\n")]) : []
  }

  /// The handshake failed; the library's words.
  mutating func tlsFailed(_ words: String) -> [Action] {
    step == .handshake ? end(.tlsFailed(String(printable(words).prefix(300)))) : []
  }

  /// Bytes from the gateway.
  mutating func receive(_ bytes: some Sequence<UInt8>) -> [Action] {
    var actions: [Action] = []
    for byte in bytes {
      if step == .closed { break }
      // Clear text after the answer to STARTTLS: an attacker may have injected it.
      if step == .handshake {
        actions = actions.filter { $0 != .startTLS } + tlsFailed("clear text after the answer to STARTTLS")
        if case .failed(let why) = encryption { encryption = .declined(why) }
        return actions
      }
      do {
        if let lines = try reader.take(byte) {
          write(lines)
          actions += written(answer(lines))
        }
      } catch {
        actions += fail(error)
      }
    }
    return actions
  }

  /// The gateway closed the connection, or the network did.
  mutating func connectionLost() -> [Action] { end(.closedEarly(phase)) }

  /// The time is up.
  mutating func timeOut() -> [Action] { end(.timedOut(phase)) }

  /// Puts what is sent into the transcript.
  private mutating func written(_ actions: [Action]) -> [Action] {
    for case .send(let text) in actions { transcript.add(.probe, text.utf8.dropLast(2)) }
    return actions
  }

  private mutating func write(_ lines: ReplyReader.Lines) {
    for (index, text) in lines.texts.enumerated() {
      let separator = index == lines.texts.count - 1 ? text.isEmpty ? "" : " " : "-"
      transcript.add(
        .gateway, Array("\(lines.code)\(separator)".utf8) + startWithoutLogins(of: text, atMost: 300))
    }
  }

  private var phase: Phase {
    switch step {
    case .greeting: .greeting
    case .startTLS, .handshake: .tls
    case .sender: .sender
    case .recipient: .recipient
    default: .ehlo
    }
  }

  private var helloVerb: String { mailProtocol == .lmtp ? "LHLO" : "EHLO" }

  private mutating func answer(_ lines: ReplyReader.Lines) -> [Action] {
    let isGood = lines.code / 100 == 2
    switch step {
    case .greeting:
      if isGood {
        step = .ehlo
        hasGreeted = true
        return [.greeted, .send("\(helloVerb) \(heloName)\r\n")]
      }
      let isBusy = (400..<500).contains(lines.code)
      let finding = isBusy ? ProbeFinding.busy(lines.shown) : .refusedUs(lines.shown)
      // 421 and 521 say that the server hangs up: QUIT would reach no server.
      return [.greeted] + (lines.code % 100 == 21 ? close(finding) : quit(finding))
    case .ehlo:
      if isGood {
        // The first line is the server's name and a greeting.
        capabilities = lines.texts.dropFirst().map { shown($0) }
        let finding = judge(greeting: lines.texts.first.map { shown($0) } ?? "")
        if encryption.certificate != nil { return goOn(finding) }
        guard capabilities.contains(where: { $0.uppercased() == "STARTTLS" }) else {
          encryption = .notOffered
          return goOn(finding)
        }
        // A probe looks at the certificate in any case; mail goes as the transport says.
        if recipient != nil, tls.level == .none { return goOn(finding) }
        findingInClear = finding
        step = .startTLS
        return [.send("STARTTLS\r\n")]
      }
      // As smtp(8) does: a server that knows no EHLO may know HELO.
      if lines.code >= 500 && mailProtocol == .smtp && lines.code % 100 != 21 {
        step = .helo
        return [.send("HELO \(heloName)\r\n")]
      }
      return quit(.ehloRejected(lines.shown))
    case .startTLS:
      if isGood {
        step = .handshake
        return [.startTLS]
      }
      encryption = .declined(.tlsFailed(lines.shown.words))
      return goOn(findingInClear)
    case .helo:
      guard isGood else { return quit(.ehloRejected(lines.shown)) }
      encryption = .notOffered
      return goOn(.answers)
    case .sender, .recipient: return answer(lines, toEnvelope: phase)
    case .reset: return quit(findingOfProbe)
    case .quit, .handshake, .closed:
      step = .closed
      return [.close]
    }
  }

  /// What an answer to EHLO that accepts us gives away.
  private func judge(greeting: String) -> ProbeFinding {
    if let ownName, greeting.prefix(while: { $0 != " " }).lowercased() == ownName.lowercased() {
      return .loopsBack(ownName)
    }
    // Zero is no limit, on both sides.
    if let offered = offeredSize, offered > 0, messageSizeLimit > 0, offered < messageSizeLimit {
      return .sizeTooSmall(offered: offered, limit: messageSizeLimit)
    }
    return .answers
  }

  /// The number in `SIZE 10240000`.
  private var offeredSize: Int? {
    for capability in capabilities {
      let words = capability.split(separator: " ")
      if words.count == 2, words[0].uppercased() == "SIZE" { return Int(words[1]) }
    }
    return nil
  }

  mutating func quit(_ finding: ProbeFinding) -> [Action] {
    settleRecipient(finding)
    step = .quit
    return [.found(finding), .send("QUIT\r\n")]
  }

  mutating func close(_ finding: ProbeFinding) -> [Action] {
    settleRecipient(finding)
    step = .closed
    return [.found(finding), .close]
  }

  private mutating func fail(_ failure: ReplyReader.ReplyError) -> [Action] {
    switch failure {
    case .notSMTP(let line): finish(.notSMTP(shown(line)))
    case .endless: finish(.endlessReply(phase))
    }
  }

  /// No more bytes will be read: what there is of a line tells more than the silence after it.
  private mutating func end(_ finding: ProbeFinding) -> [Action] {
    finish(reader.offence.map { .notSMTP(shown($0)) } ?? finding)
  }

  /// Trouble; after QUIT it takes nothing back.
  private mutating func finish(_ finding: ProbeFinding) -> [Action] {
    if step != .closed {
      transcript.add(.event, (step == .quit ? "no answer to QUIT" : finding.reason).utf8)
    }
    switch step {
    case .closed: return []
    case .quit:
      step = .closed
      return [.close]
    case .startTLS, .handshake:
      encryption = .failed(finding)
      // With TLS from the first byte there is no other evidence.
      return close(hasGreeted ? findingInClear : finding)
    case .greeting, .ehlo, .helo: return close(finding)
    // What went before has been answered well.
    case .sender, .recipient:
      recipientAnswer = .unknown(finding.reason)
      return close(findingOfProbe)
    case .reset: return close(findingOfProbe)
    }
  }
}

extension ReplyReader.Lines {
  /// The reply for people: printable, and short enough to show.
  var shown: Reply {
    Reply(code: code, text: Liveness.shown(texts.joined(separator: [UInt8(ascii: " ")])))
  }
}

extension Reply {
  fileprivate var words: String { "\(code) \(text)" }
}

/// The start of a remote text, printable.
private func shown(_ bytes: some Sequence<UInt8>) -> String { spoken(bytes, atMost: 300) }
