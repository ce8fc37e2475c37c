// RM202: The transport is not in master.cf

import PostfixFiles
import Routing

extension Rule {
  static let rm202 = Rule(
    "RM202", .error, "The transport is not in master.cf",
    why: """
      The queue manager connects to the socket of that name in the directory private of the queue.
      Without a service of that name, of type unix and private, the mail is deferred: mail transport
      unavailable. Names are compared byte for byte.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  «smtps»:[gw1.example]:465

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]:587

        """),
    moreBad: [
      Example(
        main: """
          default_transport = other
          transport_maps = inline:{example.com=«smtp»:[gw1.example]}

          """,
        master: """
          other     unix  -       -       y       -       -       smtp
          bsmtp     unix  -       n       n       -       -       pipe
            flags=Fq. user=bsmtp argv=/usr/lib/bsmtp/bsmtp -t$nexthop -f$sender $recipient

          """)
    ],
    check: .resultInDirectory { view in
      guard let name = view.transportName, view.transports.areKnown, !view.transports.has(name),
        !view.hasHostForTransport, view.place != .filter(parameter: "content_filter"),
        !name.hasPrefix("{"), !view.looksLikeTable
      else { return nil }
      let shown = printable(name)
      let bare = String(
        name.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
      if bare != name, view.transports.has(bare) {
        return Offence(
          view.transport,
          "the blank is part of the name, and there is no transport \"\(shown)\"; need no blank before the colon: "
            + "\"\(printable(bare)):\(excerpt(view.nextHop.trimmed().bytes))\"")
      }
      if isQuoted(view.text.text) {
        return Offence(
          view.transport,
          "the quotes are part of the name of the transport; need \(withoutQuotes(view.text.text))")
      }
      if let word = view.lastWord, view.place.isInTable {
        return Offence(view.transport, "\"\(shown)\" is taken for the transport; need \"\(word)\"")
      }
      if let line = stockLine(of: name) {
        return Offence(
          view.transport, "transport \"\(shown)\" is not in master.cf; need the line \"\(line)\"")
      }
      let near = view.transports.nearName(of: name).map { "\"\(printable($0))\", or " } ?? ""
      return Offence(
        view.transport,
        "transport \"\(shown)\" is not in master.cf; need \(near)a service \"\(shown) unix\" that is private")
    })
}

/// The line of Postfix's own master.cf for a transport that it has there.
private func stockLine(of name: String) -> String? {
  switch StockTransport(rawValue: name) {
  case .smtp?, .relay?: "\(name) unix - - n - - smtp"
  case .lmtp?, .error?, .discard?: "\(name) unix - - n - - \(name)"
  case .retry?: "retry unix - - n - - error"
  case .local?, .virtual?: "\(name) unix - n n - - \(name)"
  case .bounce?, nil: nil
  }
}
