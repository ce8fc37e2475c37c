// Each call that changes a file is made to fail in turn, once or from then on: a full disk, a broken one, a
// file system that turns read-only.

import Changes
import Glibc
import Synchronization
import TestSupport
import TestTraits
import Testing

/// The real file system, but for one call, or for that and all that follow.
final class FailingFileSystem: FileSystem {
  let failing: Int
  let number: Int32
  let stays: Bool
  let calls = Mutex(0)
  var count: Int { calls.withLock { $0 } }

  init(failing: Int, number: Int32, stays: Bool) {
    self.failing = failing
    self.number = number
    self.stays = stays
  }

  func perform(_ call: SystemCall) throws(SystemError) -> Int {
    let now = calls.withLock { count in
      count += 1
      return count
    }
    if now == failing || (stays && now > failing) { throw SystemError(call.verb, call.path, number) }
    return try QuickFileSystem().perform(call)
  }
}

/// The real file system until the disk is full: from then on, what takes room fails.
private final class FullFileSystem: FileSystem {
  let last: Int
  let calls = Mutex(0)
  let refused = Mutex(0)

  init(last: Int) { self.last = last }

  func perform(_ call: SystemCall) throws(SystemError) -> Int {
    let now = calls.withLock { count in
      count += 1
      return count
    }
    switch call {
    case .create, .write, .link, .makeDirectory, .setAttribute:
      if now <= last { break }
      refused.withLock { $0 += 1 }
      throw SystemError(call.verb, call.path, ENOSPC)
    default: break
    }
    return try QuickFileSystem().perform(call)
  }
}

@Suite(.waits) struct FailureTests {
  /// The write is refused at once, and nothing of it is left to recover: to take names away needs no room.
  @Test func aDiskThatStaysFullLeavesNothing() throws {
    let old = try Scene().remains()
    for last in 0... {
      let scene = try Scene()
      let fileSystem = FullFileSystem(last: last)
      do {
        _ = try scene.writer(fileSystem: fileSystem).write(try scene.change())
        #expect(fileSystem.refused.withLock { $0 } == 0 && last > 20)
        break
      } catch let error as WriteError {
        if case .interrupted = error { Issue.record("after \(last) calls: \(error)") }
        #expect("\(error)".contains("No space left"), "\(error)")
        #expect(try scene.remains() == old, "after \(last) calls")
      }
    }
  }

  @Test(arguments: [ENOSPC, EDQUOT, EIO, EACCES, EROFS])
  func eachCallFails(_ number: Int32) throws {
    let reference = try Scene()
    let old = try reference.remains()
    _ = try reference.writer().write(try reference.change())
    let new = try reference.remains()

    var points = 0
    var interruptions = 0
    for stays in [false, true] {
      for point in 1... {
        let scene = try Scene()
        let fileSystem = FailingFileSystem(failing: point, number: number, stays: stays)
        let moment = "errno \(number) at call \(point), stays: \(stays)"
        var failure: WriteError?
        var result: WriteResult?
        do {
          result = try scene.writer(fileSystem: fileSystem).write(try scene.change())
        } catch let error as WriteError {
          failure = error
        }
        if fileSystem.count < point { break }
        points += 1
        if case .interrupted = failure {
          interruptions += 1
        } else if failure != nil {
          // What was refused is as it was, at once.
          #expect(try scene.remains() == old, "\(moment): \(String(describing: failure))")
        }
        _ = try scene.writer().recover(scene.directory)
        let after = try scene.remains()
        if result != nil {
          #expect(after == new, "\(moment): said to be written")
        } else {
          #expect(after == old || after == new, "\(moment): \(after.keys.sorted())")
        }
        #expect(try expectedWrites(scene.writer(), scene.directory) == (after == new ? [true] : []))
      }
    }
    print("failure test: errno \(number) at \(points) points, \(interruptions) left to the next start")
    #expect(points > 80)
  }
}
