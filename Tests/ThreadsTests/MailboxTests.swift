// The mailbox: every message once, and a descriptor that is readable exactly while there are some.

import Glibc
import Testing
import Threads

@Suite struct MailboxTests {
  func isReadable(_ descriptor: Int32) -> Bool {
    var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&wait, 1, 0) == 1
  }

  @Test func wakesWhileThereIsMail() {
    let mailbox = Mailbox<Int>()
    #expect(!isReadable(mailbox.descriptor))
    mailbox.post(1)
    mailbox.post(2)
    #expect(isReadable(mailbox.descriptor))
    #expect(mailbox.empty() == [1, 2])
    #expect(!isReadable(mailbox.descriptor))
    mailbox.post(3)
    #expect(isReadable(mailbox.descriptor))
    #expect(mailbox.empty() == [3])
  }

  @Test func keepsEveryMessageOfManyThreads() async {
    let mailbox = Mailbox<Int>()
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<8 { group.addTask { for item in 0..<500 { mailbox.post(thread * 500 + item) } } }
    }
    #expect(Set(mailbox.empty()) == Set(0..<4000))
  }
}
