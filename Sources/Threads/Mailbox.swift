// The way from other threads to the loop: values in a queue, and a descriptor that wakes it.

import CLinux
import Glibc
import Synchronization
import System

/// A queue of messages that any thread posts to and the loop empties.
package final class Mailbox<Message: Sendable>: Sendable {
  /// Readable while there are messages.
  package let descriptor: Int32
  private let messages = Mutex<[Message]>([])

  /// A mailbox of its own; traps where the process may open no more files, as nothing could go on then.
  package init() {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    precondition(descriptor >= 0, "eventfd: \(Errno.last)")
  }

  deinit { close(descriptor) }

  /// Puts a message in. Messages come out in the order in which one thread posts them.
  package func post(_ message: Message) {
    let isFirst = messages.withLock { queue in
      queue.append(message)
      return queue.count == 1
    }
    if isFirst { eventfd_write(descriptor, 1) }
  }

  /// Waits until there are messages, and takes them out.
  package func wait() -> [Message] {
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      poll(&entry, 1, -1)
      let messages = empty()
      if !messages.isEmpty { return messages }
    }
  }

  /// Takes all messages out.
  package func empty() -> [Message] {
    var count: eventfd_t = 0
    eventfd_read(descriptor, &count)
    return messages.withLock { queue in
      defer { queue = [] }
      return queue
    }
  }
}
