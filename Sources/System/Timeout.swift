// How long to wait for descriptors.

/// The time-out for poll(2) and epoll_wait(2), in milliseconds: -1 for ever. Rounded up, so that a timer is never early.
///
/// - Parameter longest: the longest wait, in milliseconds.
package func timeout(until time: ContinuousClock.Instant?, longest: Int32 = .max) -> Int32 {
  guard let time else { return -1 }
  let left = ContinuousClock.now.duration(to: time) / .milliseconds(1)
  return Int32(min(max(0, left.rounded(.up)), Double(longest)))
}
