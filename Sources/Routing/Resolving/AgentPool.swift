// The separator, file and named notations, answered as randmap(8) delivers them where it is in use; elsewhere they are what
// stock Postfix makes of them: a transport "randmap" that does not exist, and mail that waits.

import PostfixFiles

extension Resolver {
  /// A destination `randmap:...` as the agent delivers it; any other as it is.
  func delivered(_ outcome: RouteOutcome, in settings: ResolverSettings) -> Distribution<RouteOutcome> {
    guard case .destination(let transport, let nextHop) = outcome, transport == Bytes("randmap".utf8),
      settings.config.usesAgent
    else { return Distribution(outcome) }
    let written = String(decoding: transport + [UInt8(ascii: ":")] + nextHop, as: UTF8.self)
    guard let text = PoolText(value: SourcedText(builtIn: written)) else { return Distribution(outcome) }
    guard let pool = settings.config.parameters.resolved(text) else {
      let reason = "no pool is named \"\(text.name ?? "")\""
      note("randmap", reason)
      return Distribution(.deferred(reason))
    }
    let results: [String]
    var listed = pool
    if let path = pool.path {
      let path = settings.config.absolute(path)
      do throws(FileError) {
        listed = PoolText(file: try settings.config.reading(path), at: settings.config.environment.clock())
        results = listed.results
      } catch {
        note("randmap", "pool file: \(error.message)")
        return Distribution(.deferred(error.message))
      }
      note("randmap", "the agent takes a line of \(path)", at: (path, 1))
    } else {
      results = pool.results
      note("randmap", "the agent takes a member of the pool")
    }
    guard !results.isEmpty else { return Distribution(.deferred("the pool is empty")) }
    var destinations: [String: RouteOutcome] = [:]
    for result in Set(results).sorted() {
      do throws(AgentResultError) {
        let delivered = try AgentResult(
          result, fixedTransport: nil, kind: .destination, in: settings.config)
        destinations[result] = .destination(
          transport: Bytes(delivered.transport.utf8), nextHop: delivered.nextHop.bytes)
      } catch {
        note("randmap", "the agent leaves out \(printable(result)): \(error.message)")
      }
    }
    let usable = results.filter { destinations[$0] != nil }
    guard !usable.isEmpty else { return Distribution(.deferred("the pool has no usable member")) }
    return Distribution(
      listed.shares(of: usable).compactMap { result, share in destinations[result].map { ($0, share) } })
  }
}
