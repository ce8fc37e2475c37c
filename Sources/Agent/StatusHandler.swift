// As much HTTP as a scraper needs: one GET, one answer, good-bye. The answer is made on another thread, a piece at a time as
// the scraper takes it, so that no delivery waits for it.

import PostfixFiles
import Threads

/// Lives on the agent's loop.
final class StatusHandler: ConnectionOwner, Client {
  private let dispatcher: Dispatcher
  private let clients: ClientLimit
  private var connection: Connection?
  private var head = Bytes()
  /// The answer is under way.
  private(set) var isBusy = false
  /// What is left of the answer, while the scraper takes what it got.
  private var rest: StatusPieces?
  /// It asked to hear of the next change, and has not heard of one yet.
  private var isListening = false

  private static let longestHead = 16_384
  /// For asking, and for each piece of the answer.
  private static let limit = Duration.seconds(10)

  init(_ dispatcher: Dispatcher, _ descriptor: Int32, among clients: ClientLimit) {
    self.dispatcher = dispatcher
    self.clients = clients
    connection = Connection(descriptor, on: dispatcher.loop, owner: self)
    connection?.setLimit(Self.limit)
    clients.opened(self)
  }

  func received(_ bytes: ArraySlice<UInt8>) {
    guard let connection, !isBusy, !isListening else { return }
    let seen = max(0, head.count - 3)
    head += bytes
    let isWhole = Self.endsHead(head[seen...])
    guard isWhole || head.count > Self.longestHead else { return }
    isBusy = true
    let words = head.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }.text.split(
      separator: " ")
    let isGet = words.count >= 2 && words[0] == "GET"
    let path = words.count >= 2 ? words[1].prefix { $0 != "?" } : ""
    switch path {
    case _ where !isGet: answer("405 Method Not Allowed", "need GET\n", on: connection)
    case "/metrics", "/": answer(.metrics, on: connection)
    case "/report": answer(.report, on: connection)
    case "/changes": listen(on: connection)
    default: answer("404 Not Found", "need /metrics, /report or /changes\n", on: connection)
    }
  }

  /// The answer comes when the report is another one than now, be it in days. Meanwhile another client may need the place.
  private func listen(on connection: Connection) {
    isBusy = false
    isListening = true
    connection.setLimit(nil)
    dispatcher.statusListeners.listen(self) { [weak self] in self?.tellOfChange() }
  }

  private func tellOfChange() {
    guard let connection, isListening else { return }
    isListening = false
    isBusy = true
    connection.setLimit(Self.limit)
    answer("200 OK", "", on: connection)
  }

  /// Whether an empty line is among these bytes.
  private static func endsHead(_ bytes: ArraySlice<UInt8>) -> Bool {
    let (line, end) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    return bytes.indices.contains { index in
      guard bytes[index] == line, index + 1 < bytes.endIndex else { return false }
      if bytes[index + 1] == line { return true }
      return bytes[index + 1] == end && index + 2 < bytes.endIndex && bytes[index + 2] == line
    }
  }

  private func answer(_ status: String, _ body: String, on connection: Connection) {
    connection.send(Bytes((Self.head(status) + body).utf8))
    finish()
  }

  private func answer(_ kind: StatusPieces.Kind, on connection: Connection) {
    connection.send(Bytes(Self.head("200 OK").utf8))
    makeNext(of: StatusPieces(kind, dispatcher.snapshot))
  }

  /// How long the body is, is not known before it is made: its end is that of the connection.
  private static func head(_ status: String) -> String {
    "HTTP/1.0 \(status)\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nConnection: close\r\n\r\n"
  }

  private func makeNext(of pieces: StatusPieces) {
    dispatcher.reports.next(pieces) { [weak self] piece, rest in self?.take(piece, rest) }
  }

  private func take(_ piece: Bytes?, _ rest: StatusPieces) {
    guard let connection else { return }
    guard let piece else { return finish() }
    connection.setLimit(Self.limit)
    connection.send(piece)
    if connection.unsentCount == 0 { makeNext(of: rest) } else { self.rest = rest }
  }

  func sentAll() {
    guard let rest else { return }
    self.rest = nil
    makeNext(of: rest)
  }

  private func finish() {
    connection?.closeWhenSent()
    ended(0)
  }

  func ended(_ code: Int32) {
    connection = nil
    rest = nil
    dispatcher.statusListeners.forget(self)
    clients.closed(self)
  }

  func dismiss() {
    connection?.close()
    ended(0)
  }

  func reachedLimit() { dismiss() }
}
