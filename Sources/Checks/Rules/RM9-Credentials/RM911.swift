// RM911: A line of credentials or TLS policies is left out

import PostfixFiles

extension Rule {
  static let rm911 = Rule(
    "RM911", .error, "A line of credentials or TLS policies is left out",
    why: """
      A line is a key, a blank and a value. postmap(1) prints a warning for any other line and leaves it out; its
      exit status is 0 nevertheless. The gateway then has no credentials, or no TLS policy. "=" and ":" do not
      replace the blank.
      """,
    bad: .login("«[gw1.example]:587=user:secret»\n"),
    good: .login("[gw1.example]:587  user:secret\n"),
    check: .directory { subject in
      let parameters = OtherTableParameter.credentials + OtherTableParameter.tlsPolicies
      return parameters.flatMap { parameter in
        subject.nextHopKeys(of: parameter).refused.prefix(20).compactMap { line, document, problem in
          let text = SourcedText(line, of: document)
          // The rest of the line may be a password.
          let host = excerpt(hostOfCredentials(text.bytes))
          let value = OtherTableParameter.credentials.contains(parameter) ? "user:password" : "encrypt"
          return Finding(
            text,
            "\(problem.message); Postfix leaves this line out; need "
              + "\"\(host.contains { "[.".contains($0) } ? host : "[gw1.example]:587")  \(value)\"")
        }
      }
    })
}
