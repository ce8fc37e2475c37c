// A thread for work that takes its time, and how a thread takes its turns.

import CLinux
import Glibc

/// Does `work` on a thread of its own: a `Task` would leave the process waking once a second for ever.
package func inBackground(_ work: @escaping @Sendable () -> Void) {
  final class Job: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  var thread = pthread_t()
  let job = Unmanaged.passRetained(Job(work))
  let status = pthread_create(
    &thread, &attributes,
    { pointer in
      if let pointer { Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue().work() }
      return nil
    }, job.toOpaque())
  // If no thread can be started, run it here: slower, but still correct.
  if status != 0 { job.takeRetainedValue().work() }
}

/// Has this thread not interrupt others when something comes for it (SCHED_BATCH): on a busy machine it waits until
/// the processor is free, and finds more than one thing to do. Where that is not allowed, it goes on as before.
package func yieldToOthers() {
  randmap_set_batch_scheduling()
}
