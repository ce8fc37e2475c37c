// How long the processor worked for this thread: other programs that run beside it take none of it.

import Glibc

/// What `work` gives, and the processor time that it took on this thread.
package func processorTime<Result, Problem: Error>(
  _ work: () throws(Problem) -> Result
) throws(Problem) -> (result: Result, time: Duration) {
  func now() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
  let start = now()
  let result = try work()
  return (result, now() - start)
}
