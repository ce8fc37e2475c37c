// What a log may call a gateway that is a domain: its mail exchangers and their addresses.

import Gateways
import Routing

/// The names and addresses of the hosts that a target leads to; empty where nothing is found now. Blocks.
package func namesInLog(of target: Target, settings: ProbeSettings) -> Set<String> {
  let lookup = NameLookup(target, settings: settings)
  guard case .success(let found) = lookup.literal ?? lookup.addresses() else { return [] }
  return Set(found.flatMap { [$0.address, $0.host] })
}
