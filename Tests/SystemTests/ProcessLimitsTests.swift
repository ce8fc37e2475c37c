// What is said of a limit that is too small to work with.

import Glibc
import Testing

@testable import System

@Suite struct ProcessLimitsTests {
  @Test func theLimitsOfAnOrdinaryProcessAreEnough() {
    #expect(ProcessLimits.complaint() == nil)
    #expect(ProcessLimits.complaint { _ in nil } == nil)
    #expect(ProcessLimits.complaint { _ in rlim_t.max } == nil)
  }

  @Test func theLeastValueIsEnough() {
    #expect(ProcessLimits.complaint { resource in least(resource) } == nil)
  }

  @Test func eachOneBelowItIsNamedWithWhatToSet() {
    for need in ProcessLimits.needs {
      let complaint = ProcessLimits.complaint { $0 == need.resource ? need.least - 1 : nil }
      #expect(complaint?.contains("the limit of \(need.name) is ") == true)
      #expect(complaint?.contains("\"ulimit \(need.option) \(need.least / need.factor)\"") == true)
      #expect(complaint?.contains("\(need.setting)=") == true)
    }
    let memory = ProcessLimits.complaint { $0 == RLIMIT_AS ? 40_000 << 10 : nil }
    #expect(memory?.contains("is 40000 KiB, which is too small; need 131072 KiB or more") == true)
  }

  @Test func theAgentNeedsMoreMemory() {
    let half = rlim_t(512 << 20)
    #expect(ProcessLimits.complaint { $0 == RLIMIT_AS ? half : nil } == nil)
    let agents = ProcessLimits.complaint(isAgent: true) { $0 == RLIMIT_AS ? half : nil }
    #expect(agents?.contains("is 524288 KiB, which is too small; need 1048576 KiB or more") == true)
    #expect(ProcessLimits.complaint(isAgent: true) { $0 == RLIMIT_AS ? 1 << 30 : nil } == nil)
  }

  private func least(_ resource: __rlimit_resource) -> rlim_t? {
    ProcessLimits.needs.first { $0.resource == resource }?.least
  }
}
