// The loop and its connections, on real sockets: every byte once and in order, every end once, no limit early.

import CLinux
import Glibc
import System
import TestSupport
import Testing

@testable import Threads

/// Keeps what it hears.
private final class Listener: ConnectionOwner {
  var bytes: [UInt8] = []
  var ends: [Int32] = []
  var limits = 0
  var onReceived: () -> Void = {}

  func received(_ bytes: ArraySlice<UInt8>) {
    self.bytes += bytes
    onReceived()
  }
  func ended(_ code: Int32) { ends.append(code) }
  func reachedLimit() { limits += 1 }
}

@Suite struct SocketLoopTests {
  private let loop = SocketLoop()
  /// Several times what a socket takes at once.
  private static let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

  /// Two ends of a connection; neither blocks.
  private func pair() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    let kind = SocketKind.nonblockingStream
    try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
    return (ends[0], ends[1])
  }

  /// Goes round until `condition` holds, at most 20 seconds.
  private func turn(until condition: () -> Bool) throws {
    var isLate = false
    loop.after(.seconds(20)) { isLate = true }
    while !condition() {
      try #require(!isLate)
      loop.turn()
    }
  }

  private func connection(_ descriptor: Int32) -> (Connection, Listener) {
    let listener = Listener()
    return (Connection(descriptor, on: loop, owner: listener), listener)
  }

  @Test func bytesGoBothWaysAndTheEndIsSaidOnce() throws {
    let (left, right) = try pair()
    let (one, heardByOne) = connection(left)
    let (other, heardByOther) = connection(right)
    one.send([1, 2, 3])
    one.send([4])
    other.send([9])
    try turn { heardByOther.bytes == [1, 2, 3, 4] && heardByOne.bytes == [9] }
    one.close()
    #expect(!one.isOpen)
    try turn { heardByOther.ends == [0] }
    #expect(!other.isOpen)
    // Whoever closes hears no more.
    #expect(heardByOne.ends.isEmpty)
    one.send([5])
    one.close()
  }

  /// `nc -N` says that it sends no more as soon as it has asked.
  @Test func whoSaysNoMoreGetsTheRest() throws {
    let (left, right) = try pair()
    let (sender, heard) = connection(left)
    sender.send(Self.bytes)
    shutdown(right, Int32(SHUT_WR))
    try turn { heard.ends == [0] }
    #expect(sender.isOpen)
    let (_, reader) = connection(right)
    try turn { reader.ends == [0] }
    #expect(reader.bytes == Self.bytes && !sender.isOpen)
    #expect(heard.ends == [0] && heard.bytes.isEmpty)
  }

  @Test func whatASocketWouldNotTakeFollows() throws {
    let (left, right) = try pair()
    let (sender, heard) = connection(left)
    sender.send([7])
    sender.send(Self.bytes)
    sender.send([8])
    sender.closeWhenSent()
    #expect(sender.isOpen)
    // What comes meanwhile is nobody's.
    write(right, [1], 1)
    let (_, reader) = connection(right)
    try turn { !reader.ends.isEmpty }
    #expect(reader.bytes == [7] + Self.bytes + [8])
    #expect(!sender.isOpen && heard.bytes.isEmpty && heard.ends.isEmpty)
  }

  /// Both are readable in one turn; the first one's owner closes the other.
  @Test func anEventOfAClosedConnectionMeetsNobody() throws {
    let (left, leftPeer) = try pair()
    let (right, rightPeer) = try pair()
    defer { for peer in [leftPeer, rightPeer] { close(peer) } }
    let (first, heardByFirst) = connection(left)
    let (second, heardBySecond) = connection(right)
    heardByFirst.onReceived = { second.close() }
    heardBySecond.onReceived = { first.close() }
    write(leftPeer, [1], 1)
    write(rightPeer, [2], 1)
    loop.turn()
    loop.after(.milliseconds(20)) {}
    loop.turn()
    #expect(heardByFirst.bytes.count + heardBySecond.bytes.count == 1)
    #expect(first.isOpen != second.isOpen)
  }

  @Test func timersComeInOrderAndNeverEarly() throws {
    let start = ContinuousClock.now
    var order: [Int] = []
    var times: [Duration] = []
    for (number, delay) in [(3, 60), (1, 20), (2, 40), (4, 60)] {
      loop.after(.milliseconds(delay)) {
        order.append(number)
        times.append(ContinuousClock.now - start)
      }
    }
    try turn { order.count == 4 }
    #expect(order == [1, 2, 3, 4])
    #expect(zip(times, [20, 40, 60, 60]).allSatisfy { $0 >= .milliseconds($1) })
  }

  @Test func aLimitIsReachedOnceUnlessItIsTakenBack() throws {
    let (left, right) = try pair()
    let (one, heardByOne) = connection(left)
    let (other, heardByOther) = connection(right)
    one.setLimit(.milliseconds(1))
    other.setLimit(.milliseconds(1))
    other.setLimit(nil)
    try turn { heardByOne.limits == 1 }
    var isOver = false
    loop.after(.milliseconds(1_100)) { isOver = true }
    try turn { isOver }
    #expect(heardByOne.limits == 1 && heardByOther.limits == 0)
    one.close()
    other.close()
  }

  @Test func takesConnectionsUntilItForgets() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("socket")
    let listening = socket(AF_UNIX, SocketKind.stream, 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    func at(_ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ file: Int32) -> Int32 {
      withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          call(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
    }
    try #require(at(bind, listening) == 0 && listen(listening, 10) == 0)
    var taken: [Int32] = []
    loop.accept(on: listening) { taken.append($0) }
    let callers = (0..<3).map { _ in socket(AF_UNIX, SocketKind.inheritedStream, 0) }
    for caller in callers { #expect(at(connect, caller) == 0) }
    try turn { taken.count == 3 }
    #expect(taken.allSatisfy { fcntl($0, F_GETFL) & O_NONBLOCK != 0 && fcntl($0, F_GETFD) & FD_CLOEXEC != 0 })
    loop.forget(listening)
    close(listening)
    for file in callers + taken { close(file) }
  }
}
