// A writer that really dies: it writes a change through a file system that kills this process before or after its
// n-th call. The tests start it again and again, until it lives to the end.
//
//     CrashingWriter DIR STATE NEW before|after N     writes each file of NEW into DIR
//                                                     (NAME.rows: the rows of the database NAME)
//     CrashingWriter DIR STATE undo before|after N    takes the last write back
//
// Exit status 0: it got to the end before the N-th call, and printed what could not be kept. 9: the write
// failed, and it printed why.

import Changes
import Glibc
import Store
import Synchronization
import System

/// The real file system, until the call that is the last.
final class DeadlyFileSystem: FileSystem {
  let isBefore: Bool
  let last: Int
  let calls = Mutex(0)

  init(isBefore: Bool, last: Int) {
    self.isBefore = isBefore
    self.last = last
  }

  func perform(_ call: SystemCall) throws(SystemError) -> Int {
    let number = calls.withLock { count in
      count += 1
      return count
    }
    if isBefore, number == last { kill(getpid(), SIGKILL) }
    // Death of the process does not undo what was not fsynced, so the disk need not be waited for.
    var result = 0
    if case .synchronize = call {} else { result = try RealFileSystem().perform(call) }
    if !isBefore, number == last { kill(getpid(), SIGKILL) }
    return result
  }
}

func contents(_ path: String) -> [UInt8]? {
  // Another user may have put a FIFO there: it is not waited for, and it is empty.
  let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
  guard descriptor >= 0, let file = fdopen(descriptor, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var byte = getc(file)
  while byte != EOF {
    bytes.append(UInt8(truncatingIfNeeded: byte))
    byte = getc(file)
  }
  return bytes
}

@main
struct CrashingWriter {
  static func main() {
    let words = CommandLine.arguments
    guard words.count == 6, let last = Int(words[5]) else { exit(64) }
    let writer = Writer(
      state: StateDirectory(words[2]), author: Author(user: "test", command: "test"),
      fileSystem: DeadlyFileSystem(isBefore: words[4] == "before", last: last))
    do {
      if words[3] == "undo" {
        _ = try writer.undo(words[1])
      } else {
        let changes = directoryNames(words[3]).map { name in
          if name.hasSuffix(".rows") {
            let path = "\(words[1])/\(name.dropLast(5))"
            return FileChange(
              path: path, before: (try? PoolDatabase.read(path)).map { Array($0.text.utf8) },
              after: contents("\(words[3])/\(name)"), storage: .database)
          }
          return FileChange(
            path: "\(words[1])/\(name)", before: contents("\(words[1])/\(name)"),
            after: contents("\(words[3])/\(name)"), indexes: name == "transport" ? [.lmdb] : [])
        }
        let set = ChangeSet(directory: words[1], changes: changes, summary: "test")
        let result = try writer.write(set)
        for loss in result.losses { print(loss) }
        if let left = result.leftBehind { print("left behind: \(left)") }
      }
    } catch {
      print(error)
      exit(9)
    }
  }
}
