// As much HTTP as a scraper needs: one GET, one answer, good-bye.

import PostfixFiles
import Threads

/// Lives on the agent's loop.
final class StatusHandler: ConnectionOwner {
  private let dispatcher: Dispatcher
  private var connection: Connection?
  private var head = Bytes()

  private static let longestHead = 16_384
  private static let limit = Duration.seconds(10)

  init(_ dispatcher: Dispatcher, _ descriptor: Int32) {
    self.dispatcher = dispatcher
    connection = Connection(descriptor, on: dispatcher.loop, owner: self)
    connection?.setLimit(Self.limit)
  }

  func received(_ bytes: ArraySlice<UInt8>) {
    guard let connection else { return }
    head += bytes
    let isWhole = head.text.contains("\r\n\r\n") || head.text.contains("\n\n")
    guard isWhole || head.count > Self.longestHead else { return }
    let words = head.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }.text.split(
      separator: " ")
    let isGet = words.count >= 2 && words[0] == "GET"
    let path = words.count >= 2 ? words[1].prefix { $0 != "?" } : ""
    switch path {
    case _ where !isGet: answer("405 Method Not Allowed", "need GET\n", on: connection)
    case "/metrics", "/": answer("200 OK", dispatcher.metrics, on: connection)
    case "/report": answer("200 OK", dispatcher.report.text, on: connection)
    default: answer("404 Not Found", "need /metrics or /report\n", on: connection)
    }
  }

  private func answer(_ status: String, _ body: String, on connection: Connection) {
    let head =
      "HTTP/1.0 \(status)\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
      + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
    connection.send(Bytes((head + body).utf8))
    connection.closeWhenSent()
  }

  func ended(_ code: Int32) { connection = nil }

  func reachedLimit() { connection?.close() }
}
