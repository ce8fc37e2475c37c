// The pools of a configuration, as the rest of the program asks for them.

import PostfixFiles

extension MailConfig {
  /// All pools, in the order of main.cf's routing parameters, then of the tables, then the pool files. A parameter
  /// with one destination that names a gateway is a pool of one.
  package func pools() -> [Pool] { found().pools }

  /// The sites that a pool decides, in order; a pool may decide several. A single destination is not among them.
  package func pooledSites() -> [PooledSite] {
    let found = found()
    return found.uses.compactMap { use in
      use.index.map { PooledSite(site: use.site, text: use.text, pool: found.pools[$0]) }
    }
  }

  /// What is written stays; the end of a drain and the steps of a plan come by themselves.
  private func found() -> FoundPools {
    let now = environment.clock()
    return workedOut(isOfFilesAlone: true, whileTrue: { $0.time.contains(now) }) {
      PoolFinder(config: self, now: now).all()
    }
  }

  /// The pool that a person names: by its id, or by a parameter that names it or its file.
  package func pool(_ name: String) -> Pool? { pools().named(name) }
}

extension [Pool] {
  /// The one that a person names: by its id, or by a parameter that names it or its file.
  package func named(_ name: String) -> Pool? {
    first { $0.id == name } ?? first { $0.aliases.contains(name) }
  }
}

/// A site, and the pool that decides there.
package struct PooledSite: Sendable {
  package let site: Site
  /// The pool as it is written at the site, which may be the name of the one that it means.
  package let text: PoolText
  package let pool: Pool
}

/// The pools of a configuration, as they are for some time.
struct FoundPools: Sendable {
  let pools: [Pool]
  let uses: [PoolUse]
  /// In seconds since 1970.
  let time: Range<Int>
}

/// A site that names a pool.
struct PoolUse: Sendable {
  let site: Site
  let text: PoolText
  /// Where that pool is.
  let place: Place
  /// Which pool of the list it is. Nil: its parameter has not been read yet, or holds no pool.
  var index: Int?
}
