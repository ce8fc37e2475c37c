// The limits that a process was started with (ulimit, Limit...= of a unit). Below some of them no thread can be started
// and no event loop made, and the libraries end the process by a signal or wait for ever. So they are looked at first.

import Glibc

package enum ProcessLimits {
  /// A limit, and the least value with which the commands work on an ordinary configuration.
  struct Need {
    let resource: __rlimit_resource
    let least: rlim_t
    let name: String
    /// What the value counts, and how many of the system's units that is.
    let unit: String
    let factor: rlim_t
    /// The option of ulimit, and the setting of a systemd unit.
    let option: String
    let setting: String
  }

  static let needs = [
    Need(
      resource: RLIMIT_NOFILE, least: 32, name: "open files", unit: "", factor: 1, option: "-n",
      setting: "LimitNOFILE"),
    Need(
      resource: RLIMIT_STACK, least: 512 << 10, name: "the stack", unit: " KiB", factor: 1024, option: "-s",
      setting: "LimitSTACK"),
    Need(
      resource: RLIMIT_AS, least: 128 << 20, name: "memory (address space)", unit: " KiB", factor: 1024,
      option: "-v", setting: "LimitAS"),
    Need(
      resource: __RLIMIT_NPROC, least: 32, name: "processes and threads of this user", unit: "", factor: 1,
      option: "-u", setting: "LimitNPROC"),
  ]

  /// The agent has threads, each with room for a stack and for memory of its own. With half of this it crashed or did not end.
  static let leastMemoryOfAgent: rlim_t = 1 << 30

  /// What is too small for this process, and what to set instead; nil where nothing is.
  package static func complaint(isAgent: Bool = false) -> String? {
    complaint(isAgent: isAgent) { resource in
      // Linux does not hold root to it.
      if resource == __RLIMIT_NPROC, geteuid() == 0 { return nil }
      var limit = rlimit()
      return getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 ? limit.rlim_cur : nil
    }
  }

  /// - Parameter value: the limit of a resource; nil where it is not known or does not hold.
  static func complaint(isAgent: Bool = false, _ value: (__rlimit_resource) -> rlim_t?) -> String? {
    for need in needs {
      let wanted = isAgent && need.resource == RLIMIT_AS ? leastMemoryOfAgent : need.least
      guard let value = value(need.resource), value < wanted else { continue }
      let least = wanted / need.factor
      return """
        the limit of \(need.name) is \(value / need.factor)\(need.unit), which is too small; need \(least)\(need.unit) or \
        more: "ulimit \(need.option) \(least)", or \(need.setting)= in the unit that starts this
        """
    }
    return nil
  }
}
