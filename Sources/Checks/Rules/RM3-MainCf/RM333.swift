// RM333: An address in mynetworks is not the start of its network

import PostfixFiles

extension Rule {
  static let rm333 = Rule(
    "RM333", .error, "An address in mynetworks is not the start of its network",
    why: """
      Of 10.0.0.1/8 the bits after the first 8 have to be 0. Where they are not, Postfix cannot use the list from there
      on: smtpd(8) answers all clients that no item before it has with 451, and no mail comes in from other hosts.
      """,
    bad: Example(
      main: """
        mynetworks = 127.0.0.0/8, «10.0.0.1/8»

        """),
    good: Example(
      main: """
        mynetworks = 127.0.0.0/8, 10.0.0.0/8

        """),
    moreBad: [
      Example(
        main: """
          mynetworks = 127.0.0.0/8 «[2001:db8::1]/64»

          """),
      Example(
        main: """
          mynetworks = 127.0.0.0/8 «192.168.0.0/33»

          """),
    ],
    moreGood: [
      Example(
        main: """
          mynetworks = 127.0.0.0/8 192.0.2.1 192.0.2.2/32 [::1]/128 [2001:db8::]/32 !192.0.2.9 0.0.0.0/0

          """)
    ],
    check: .main { subject in
      guard subject.config.main["mynetworks"] != nil, let value = try? subject.parameters.value("mynetworks")
      else { return [] }
      return value.listItems.compactMap { item in
        let text = String(item.text.drop { $0 == "!" })
        guard let (need, words) = networkFault(text) else { return nil }
        return Finding(
          item, else: subject.place(of: "mynetworks"),
          "\"\(printable(item.bytes))\" \(words), so smtpd(8) answers all clients that no item before it has with 451, "
            + "and no mail comes in from other hosts; need \(need)")
      }
    })
}

/// What is wrong with a network, and what to write; nil where nothing is, or it is something else.
private func networkFault(_ text: String) -> (need: String, words: String)? {
  guard let slash = text.lastIndex(of: "/"), slash != text.startIndex,
    let length = Int(text[text.index(after: slash)...])
  else {
    return nil
  }
  let host = text[..<slash]
  let isBracketed = host.first == "[" && host.last == "]"
  let bare = isBracketed ? String(host.dropFirst().dropLast()) : String(host)
  guard let bytes = HostName.addressBytes(bare.utf8) else { return nil }
  let most = bytes.count * 8
  guard (0...most).contains(length) else {
    return ("a number from 0 to \(most) after the slash", "has no network of \(length) bits")
  }
  var network = bytes
  for index in network.indices {
    let bits = min(8, max(0, length - index * 8))
    network[index] &= UInt8(truncatingIfNeeded: 0xFF00 >> bits)
  }
  guard network != bytes else { return nil }
  guard bytes.count == 4 else {
    return ("an address whose bits after the first \(length) are 0", "is not the start of its network")
  }
  return (
    "\"\(network.map(String.init).joined(separator: "."))/\(length)\"", "is not the start of its network"
  )
}
