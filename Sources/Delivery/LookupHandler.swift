// One connection of the lookup service.

import PostfixFiles
import Threads

/// Lives on the agent's loop.
final class LookupHandler: ConnectionOwner {
  private let dispatcher: Dispatcher
  private var connection: Connection?
  private var reader = NetstringReader()
  private var replies = Bytes()
  /// Whether an answer is on its way.
  private var isWaiting = false
  private var isAnsweringInTurn = false

  init(_ dispatcher: Dispatcher, _ descriptor: Int32) {
    self.dispatcher = dispatcher
    connection = Connection(descriptor, on: dispatcher.loop, owner: self)
  }

  func received(_ bytes: ArraySlice<UInt8>) {
    reader.append(bytes)
    answerNext()
  }

  /// Answers what has come, one after the other: the one who asks takes the answers in the order of the questions.
  private func answerNext() {
    isAnsweringInTurn = true
    var isMalformed = false
    do throws(NetstringReader.Malformed) {
      while !isWaiting, let request = try reader.next() {
        isWaiting = true
        dispatcher.lookup(request) { answer in
          self.isWaiting = false
          self.replies += Bytes(netstring: Array(answer.payload.utf8))
          if !self.isAnsweringInTurn { self.answerNext() }
        }
      }
    } catch {
      dispatcher.say("a lookup request cannot be read: it is no netstring")
      isMalformed = true
    }
    isAnsweringInTurn = false
    if !replies.isEmpty { connection?.send(replies) }
    replies = []
    if isMalformed { connection?.closeWhenSent() }
  }

  func ended(_ code: Int32) { connection = nil }

  func reachedLimit() {}
}
