// What follows a probe where a person asked about a recipient: MAIL FROM, one RCPT TO, RSET. No message ever does.

import Gateways

extension Conversation {
  /// All that a probe asks is known. An envelope follows where a person asked for it, and where smtp(8) would send one.
  mutating func goOn(_ finding: ProbeFinding) -> [Action] {
    guard recipient != nil else { return quit(finding) }
    findingOfProbe = finding
    if case .loopsBack = finding { return quit(finding) }
    if tls.isMandatory, encryption.certificate == nil {
      let why = if case .declined(let why) = encryption { why.reason } else { ProbeFinding.noTLS.reason }
      recipientAnswer = .unknown("not asked, as TLS is mandatory here: \(why)")
      return quit(finding)
    }
    // smtp(8) would check who signed it, or a fingerprint. A probe does not, so another host might get the address.
    if tls.checksCertificate {
      recipientAnswer = .unknown(
        "not asked: at TLS level \(tls.level.rawValue) Postfix checks the certificate first, and this test does not"
      )
      return quit(finding)
    }
    step = .sender
    return [.send("MAIL FROM:<>\r\n")]
  }

  mutating func answer(_ lines: ReplyReader.Lines, toEnvelope phase: Phase) -> [Action] {
    let isGood = lines.code / 100 == 2
    if isGood, phase == .sender, let recipient {
      step = .recipient
      return [.send("RCPT TO:<\(recipient)>\r\n")]
    }
    recipientAnswer = isGood ? .taken(lines.shown) : .refused(lines.shown, phase)
    // 421 says that the server hangs up.
    if lines.code == 421 { return close(findingOfProbe) }
    step = .reset
    return [.send("RSET\r\n")]
  }

  /// Where the envelope did not come to an answer, what was found says why.
  mutating func settleRecipient(_ finding: ProbeFinding) {
    guard recipient != nil, recipientAnswer == nil else { return }
    let why = if case .failed(let why) = encryption { why.reason } else { finding.reason }
    recipientAnswer = .unknown(why)
  }
}
