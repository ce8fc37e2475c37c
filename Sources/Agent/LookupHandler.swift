// One connection of the lookup service.

import PostfixFiles
import Threads

/// Lives on the agent's loop.
final class LookupHandler: ConnectionOwner, Client {
  private let dispatcher: Dispatcher
  private let asker: Asker
  private let clients: ClientLimit
  private var connection: Connection?
  private var reader = NetstringReader()
  private var replies = Bytes()
  /// Whether an answer is on its way.
  private var isWaiting = false
  var isBusy: Bool { isWaiting }
  private var isAnsweringInTurn = false

  /// What may lie here of questions that wait, and of answers that are not fetched. Postfix's clients ask again when
  /// they have their answer.
  private static let mostWaiting = 262_144
  /// For fetching the answers before a request that cannot be read.
  private static let grace = Duration.seconds(10)
  /// A client that asks nothing for so long is sent away. Postfix's own hang up after 10 seconds, and connect again.
  private static let idleLimit = Duration.seconds(60)

  init(_ dispatcher: Dispatcher, _ descriptor: Int32, _ asker: Asker, among clients: ClientLimit) {
    self.dispatcher = dispatcher
    self.asker = asker
    self.clients = clients
    connection = Connection(descriptor, on: dispatcher.loop, owner: self)
    connection?.setLimit(Self.idleLimit)
    clients.opened(self)
  }

  func received(_ bytes: ArraySlice<UInt8>) {
    reader.append(bytes)
    clients.used(self)
    answerNext()
    if let connection, reader.count > Self.mostWaiting || connection.unsentCount > Self.mostWaiting {
      dispatcher.sayOfLookups("a lookup client that does not wait for its answers is sent away")
      dismiss()
    }
  }

  /// Answers what has come, one after the other: the one who asks takes the answers in the order of the questions.
  private func answerNext() {
    isAnsweringInTurn = true
    var isMalformed = false
    do throws(NetstringReader.NetstringError) {
      while !isWaiting, let request = try reader.next() {
        isWaiting = true
        dispatcher.lookup(request, from: asker) { answer in
          self.isWaiting = false
          self.replies += Bytes(netstring: Array(answer.payload.utf8))
          if !self.isAnsweringInTurn { self.answerNext() }
        }
      }
    } catch {
      dispatcher.sayOfLookups("a lookup request cannot be read: it is not a netstring")
      isMalformed = true
    }
    isAnsweringInTurn = false
    if !replies.isEmpty {
      connection?.send(replies)
      connection?.setLimit(Self.idleLimit)
    }
    replies = []
    if isMalformed {
      connection?.setLimit(Self.grace)
      connection?.closeWhenSent()
      clients.closed(self)
    }
  }

  func ended(_ code: Int32) {
    connection = nil
    clients.closed(self)
  }

  func dismiss() {
    connection?.close()
    connection = nil
    clients.closed(self)
  }

  /// An answer that is on its way waits for a file of ours.
  func reachedLimit() { if isWaiting { connection?.setLimit(Self.idleLimit) } else { dismiss() } }
}
