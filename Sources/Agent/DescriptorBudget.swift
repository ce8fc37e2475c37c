// File descriptors: the system gives a process so many. Deliveries come first, so everything else gets a share.

import Glibc
import PostfixFiles

/// How many connections of each kind may be open at once.
struct DescriptorBudget: Equatable, Sendable {
  /// Of the queue manager. Each takes three descriptors: itself, the queue file, the transport.
  let requests: Int
  /// Of lookups by Postfix.
  let lookups: Int
  /// Of clients at an address of `--lookup`, and of those who ask for counts, in `private/` and elsewhere.
  let strangers: Int
  /// Of probes.
  let probes: Int

  /// No more deliveries than this run at once, however many descriptors there are: each holds memory.
  private static let mostRequests = 20_000

  /// - Parameters:
  ///   - limit: how many descriptors the process may have.
  ///   - used: how many it has before the first connection.
  init(limit: Int, used: Int) {
    let free = max(limit - used, 16)
    lookups = min(max(free / 8, 4), 2_000)
    strangers = min(max(free / 24, 2), 200)
    probes = max(free / 6, 4)
    // Three kinds of strangers; the rest is for what opens a file for a moment.
    let rest = free - lookups - 3 * strangers - probes - 4
    requests = min(max(rest / 3, 1), Self.mostRequests)
  }

  /// What this process has now.
  static var current: DescriptorBudget {
    var limit = rlimit()
    let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    return DescriptorBudget(limit: isKnown ? Int(clamping: limit.rlim_cur) : 1_024, used: open)
  }

  private static var open: Int {
    guard let directory = opendir("/proc/self/fd") else { return 64 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    // The two dots, and the directory itself.
    return max(0, count - 3)
  }
}
