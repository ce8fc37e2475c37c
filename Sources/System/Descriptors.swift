// File descriptors: a connection takes one, and a process may have only so many.

import Glibc

package enum Descriptors {
  /// What the rest of the process needs.
  private static let reserve = 64

  /// How many descriptors probes may take, of `wanted`. Raises the soft limit of this process for them, as far as
  /// the hard one allows.
  package static func toSpare(wanted: Int) -> Int {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return reserve }
    let needed = rlim_t(wanted + reserve)
    if limit.rlim_cur < needed, limit.rlim_cur < limit.rlim_max {
      limit.rlim_cur = min(needed, limit.rlim_max)
      _ = setrlimit(resource, &limit)
      _ = getrlimit(resource, &limit)
    }
    return max(4, Int(clamping: limit.rlim_cur) - reserve)
  }
}
