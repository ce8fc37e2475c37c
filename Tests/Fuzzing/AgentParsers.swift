// The protocols of the agent: what the queue manager and delivery agents send it, and clients of its lookup service.

import PostfixFiles

@testable import Agent

extension WireParser {
  /// A request means the same in one piece and byte by byte.
  func requests(_ bytes: [UInt8]) -> [String] {
    let whole = outcome(of: bytes.isEmpty ? [] : [bytes[...]])
    let pieces = outcome(of: bytes.indices.map { bytes[$0...$0] })
    guard case .request(let request) = whole else { return [] }
    var complaints: [String] = []
    // What follows a request is noticed where it comes along with it.
    if case .request(let other) = pieces,
      other.recipients != request.recipients || other.sender != request.sender
    {
      complaints.append("another request in pieces")
    }
    let passed = request.passedOn(to: "smtp:[127.0.0.1]")
    guard case .request(let again) = outcome(of: [passed[...]]) else {
      return complaints + ["it cannot be passed on"]
    }
    if again.recipients != request.recipients { complaints.append("other recipients after passing on") }
    return complaints
  }

  private enum Outcome {
    case request(DeliveryRequest), problem(ProtocolError), unfinished
  }

  private func outcome(of pieces: [ArraySlice<UInt8>]) -> Outcome {
    var reader = DeliveryRequest.Reader(limit: 10_000)
    for piece in pieces {
      do throws(ProtocolError) {
        if let request = try reader.receive(piece) { return .request(request) }
      } catch {
        return .problem(error)
      }
    }
    return .unfinished
  }

  func reports(_ bytes: [UInt8]) -> [String] {
    var reader = DeliveryReport.Reader()
    _ = try? reader.receive(bytes)
    return []
  }

  func greetings(_ bytes: [UInt8]) -> [String] {
    var reader = Greeting.Reader()
    guard let greeting = try? reader.receive(bytes) else { return [] }
    return greeting == bytes ? [] : ["a greeting that is not what came"]
  }

  /// The same answers in one piece and byte by byte.
  func netstrings(_ bytes: [UInt8]) -> [String] {
    func payloads(_ pieces: [ArraySlice<UInt8>]) -> [[UInt8]] {
      var reader = NetstringReader()
      var found: [[UInt8]] = []
      for piece in pieces {
        reader.append(piece)
        do { while let payload = try reader.next() { found.append(Array(payload)) } } catch { return found }
      }
      return found
    }
    let found = payloads([bytes[...]])
    return found == payloads(bytes.indices.map { bytes[$0...$0] }) ? [] : ["others in pieces"]
  }
}
