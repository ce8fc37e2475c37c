// Another user of a configuration directory, with bad intentions: while a write goes on, it swaps what it finds there for
// links, FIFOs and files of its own, and a directory of the path for a link.
//
//     Racer DIR OUTSIDE COUNT
//
// OUTSIDE is a directory that the writer may write and this program may not: nothing there may change. It swaps COUNT
// times, says "started" before the first one, and ends with 0.
//
//     Racer --away DIR
//
// takes DIR away and puts it back, until it is ended.

import Glibc
import System

/// Puts something else under a name of the directory.
func swap(_ path: String, for outside: String, turn: Int) {
  let own = path + ".swap"
  unlink(own)
  switch turn % 4 {
  case 0: symlink(outside, own)
  case 1: mkfifo(own, 0o666)
  case 2:
    let file = open(own, O_WRONLY | O_CREAT, 0o666)
    if file >= 0 {
      write(file, "evil\n", 5)
      close(file)
    }
  default: link(outside, own)
  }
  rename(own, path)
}

/// Most looks fall into one of the two times, and many into none.
func takeAwayAndPutBack(_ path: String) -> Never {
  print("started")
  fflush(nil)
  while true {
    rename(path, path + ".away")
    sched_yield()
    rename(path + ".away", path)
    sched_yield()
  }
}

@main
struct Racer {
  static func main() {
    let words = CommandLine.arguments
    if words.count == 3, words[1] == "--away" { takeAwayAndPutBack(words[2]) }
    guard words.count == 4, let count = Int(words[3]) else { exit(64) }
    let (directory, outside) = (words[1], words[2])
    print("started")
    fflush(nil)
    var swaps = 0
    var turn = 0
    let start = ContinuousClock.now
    while swaps < count {
      turn += 1
      // One kind of attack after the other, and then none for a while, so that a write also gets as far as the next one
      // could harm it.
      switch Int(start.duration(to: .now) / .milliseconds(60)) % 4 {
      case 0: _ = directoryNames(directory)
      case 1:
        // The names of a write that goes on.
        let own = directoryNames(directory).filter { $0.hasPrefix(".") }
        for name in own { swap(directory + "/" + name, for: outside + "/precious", turn: turn) }
        swaps += max(1, own.count)
      case 2:
        // Names that could be guessed.
        for name in ["main.cf.tmp", ".randmap-journal", ".transport.lmdb.randmap-source.lmdb"] {
          swap(directory + "/" + name, for: outside + "/precious", turn: turn)
          unlink(directory + "/" + name)
          swaps += 2
        }
      default:
        // The directory itself, for a link to the other one and back.
        if rename(directory, directory + ".away") == 0 {
          symlink(outside, directory)
          unlink(directory)
          rename(directory + ".away", directory)
        }
        swaps += 2
      }
    }
  }
}
