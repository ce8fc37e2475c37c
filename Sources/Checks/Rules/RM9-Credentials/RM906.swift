// RM906: Credentials or a TLS policy are given twice for one key

import PostfixFiles
import Routing

extension Rule {
  static let rm906 = Rule(
    "RM906", .warning, "Credentials or a TLS policy are given twice for one key",
    why: """
      If two lines have one key, the first counts in a hash or lmdb table, and postmap(1) prints a
      warning. A texthash table with such lines is not opened at all: each lookup fails, and mail waits.
      Letter case makes no difference.
      """,
    bad: .login("[gw1.example]:587  user:secret\n«[gw1.example]:587»  user:newer\n"),
    good: .login("[gw1.example]:587  user:newer\n"),
    check: .directory { subject in
      let lists = (OtherTableParameter.credentials + OtherTableParameter.tlsPolicies).map {
        subject.nextHopKeys(of: $0)
      }
      return lists.flatMap(\.repeats).prefix(20).compactMap { later, first, type in
        let place = first.keyText.origin(at: 0).flatMap { origin in
          subject.config.otherFiles[origin.file]?.document?.position(at: origin.offset)
        }
        let line = place.map { " in line \($0.line)" } ?? ""
        let effect = type == .texthash ? "the table cannot be opened and mail waits" : "the first one counts"
        return Finding(
          later.keyText,
          "\"\(excerpt(later.quoted))\" is already there\(line): \(effect); need one of them")
      }
    })
}
