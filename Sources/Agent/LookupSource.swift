// What the name of a socketmap asks for.

import PostfixFiles
import Routing

enum LookupSource {
  /// `POOL`: any key has this pool.
  case pool(String)
  /// `nexthop=POOL`: the same without the transport, for `sender_dependent_relayhost_maps`.
  case nextHops(String)
  /// `table=/path`: a transport(5) text whose values may be pools.
  case table(String)

  init(_ name: String) {
    if name.hasPrefix("table=") {
      self = .table(String(name.dropFirst("table=".count)))
    } else if name.hasPrefix("nexthop=") {
      self = .nextHops(String(name.dropFirst("nexthop=".count)))
    } else {
      self = .pool(name)
    }
  }

  /// What of a configuration it is about.
  enum Subject {
    case table(path: String)
    case poolFile(path: String)
    case parameter(String)
    /// The pool itself.
    case inline
  }

  var subject: Subject {
    switch self {
    case .table(let path): return .table(path: path)
    case .pool(let name), .nextHops(let name):
      let text = PoolText(body: SourcedText(builtIn: name))
      if let path = text.path { return .poolFile(path: path) }
      return text.name.map { .parameter($0) } ?? .inline
    }
  }
}
