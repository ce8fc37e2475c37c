// What a share of all pool mail is called: where it is not known how much mail comes to which pool, a mean of the pools.

import Routing
import System

extension [Pool] {
  /// `33.3% of pool mail`, or `on average 33.3% of each pool`. Nothing and all are the same either way.
  func riskWords(_ share: Double) -> String {
    share > 0 && share < 1 && sharesAreMeans
      ? "on average \(percent(share)) of each pool" : "\(percent(share)) of pool mail"
  }
}
