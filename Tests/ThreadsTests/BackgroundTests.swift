// A thread that lets others go first.
import CLinux
import Glibc
import Testing
import Threads

@Suite struct BackgroundTests {
  @Test func yieldsAsBatchWorkDoes() throws {
    let found = Mailbox<[Int32]>()
    inBackground {
      let before = sched_getscheduler(0)
      yieldToOthers()
      found.post([before, sched_getscheduler(0)])
    }
    // 3 is SCHED_BATCH, which Swift's Glibc module does not name.
    #expect(found.wait().first == [sched_getscheduler(0), 3])
    #expect(sched_getscheduler(0) != 3)
  }
}
