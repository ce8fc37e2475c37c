// What chance gives, parameters that make a lab impatient, and its release.

import PostfixFiles
import TestSupport

/// Whether `count` of `total` is within what chance gives to a share of `share`: five standard deviations and a bit.
func fits(_ count: Int, of total: Int, share: Double) -> Bool {
  let expected = Double(total) * share
  return abs(Double(count) - expected) <= 5 * (expected * (1 - share)).squareRoot() + 1
}

/// Parameters that make a lab try again at once.
let impatient = """
  transport_retry_time = 1s
  minimal_backoff_time = 1s
  maximal_backoff_time = 1s
  queue_run_delay = 1s
  randmap_destination_concurrency_limit = 80

  """

extension PostfixLab {
  /// Its release, as far as behaviour depends on it.
  var version: PostfixVersion { PostfixVersion(release) ?? .assumed }
  var hasNextHopLists: Bool { version >= .nextHopLists }
}

extension PostfixVersion {
  /// That of the Postfix that a lab will be of: several may be installed, and PATH decides.
  static let ofLabs = PostfixVersion(PostfixLab.installedRelease) ?? .assumed
}
