// One connection of the queue manager: we greet, it sends a request, we report.

import PostfixFiles
import Threads

/// Lives on the agent's loop.
final class RequestHandler: ConnectionOwner {
  private enum Step {
    case reading
    case delivering(RequestDelivery)
    case reported
  }

  private let dispatcher: Dispatcher
  private var step = Step.reading
  private var reader = DeliveryRequest.Reader()
  private var connection: Connection?
  /// What it holds of the bytes that all requests may hold together.
  private var held = 0

  /// A request comes in one piece, but a queue manager may be busy with something else first.
  private static let readingLimit = Duration.seconds(600)

  init(_ dispatcher: Dispatcher, _ descriptor: Int32) {
    self.dispatcher = dispatcher
    let connection = Connection(descriptor, on: dispatcher.loop, owner: self)
    self.connection = connection
    dispatcher.opened(self)
    connection.setLimit(Self.readingLimit)
    dispatcher.withGreeting { connection.send($0) }
  }

  func received(_ bytes: ArraySlice<UInt8>) {
    guard case .reading = step else { return }
    guard dispatcher.hold(bytes.count) else {
      dispatcher.sayOnce("the requests under way hold all the memory that they may; a message waits")
      dispatcher.counters.refusedRequests += 1
      return report(.deferred)
    }
    held += bytes.count
    do throws(ProtocolError) {
      guard let request = try reader.receive(bytes) else { return }
      connection?.setLimit(nil)
      let delivery = RequestDelivery(request, dispatcher)
      step = .delivering(delivery)
      delivery.start { self.report($0) }
    } catch {
      cannotRead(error)
      report(DeliveryReport(resting: "randmap(8) cannot read the delivery request: \(error)"))
    }
  }

  private func cannotRead(_ problem: ProtocolError) {
    dispatcher.say("a delivery request cannot be read: \(problem)")
    dispatcher.counters.unreadableRequests += 1
  }

  /// Only the report is left to send. What was sent stays there to be read after the end.
  private func report(_ report: DeliveryReport) {
    step = .reported
    connection?.send(report.bytes)
    connection?.closeWhenSent()
    leave()
  }

  func ended(_ code: Int32) {
    let step = step
    self.step = .reported
    switch step {
    case .reading: if !reader.isUntouched { cannotRead(.cutShort) }
    case .delivering(let delivery): delivery.abandon()
    case .reported: break
    }
    leave()
  }

  func reachedLimit() { dismiss() }

  /// Hangs up where nothing is under way: the agent stops.
  func dismiss() {
    guard case .reading = step else { return }
    step = .reported
    connection?.close()
    leave()
  }

  private func leave() {
    connection = nil
    dispatcher.letGo(held)
    held = 0
    dispatcher.closed(self)
  }
}
