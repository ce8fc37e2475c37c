// What decides how Postfix reads main.cf, and is not in it: the machine, its Postfix, the time, who asks.

import Glibc
import Synchronization

/// What main.cf does not say: the machine, and Postfix's version.
package struct Environment: Sendable {
  package var hostName: String
  /// Where the paths that the configuration names are to be found instead (`--map`).
  package var pathMap = PathMap()
  /// Whose marks the files may have in them.
  package var template: TemplateLanguage?
  /// By path: what the files say that myorigin names.
  package var originFiles: [String: OriginFile] = [:]
  /// Seconds since 1970; a test turns this clock.
  package var clock: @Sendable () -> Int = { Glibc.time(nil) }
  /// Who edits: the row of a drain says it.
  package var person: String?
  private let release: AskedOnce<PostfixVersion>
  private var types = AskedOnce<Set<String>?> { nil }

  package init(hostName: String = "localhost.localdomain", version: PostfixVersion = .assumed) {
    self.init(hostName: hostName) { version }
  }

  /// - Parameter askingVersion: is called the first time that an answer depends on the version: starting
  ///   postconf(1) costs more than everything else that a small command does.
  package init(hostName: String, askingVersion: @escaping @Sendable () -> PostfixVersion) {
    self.hostName = hostName
    release = AskedOnce(ask: askingVersion)
  }

  /// `mail_version`, as far as it matters: `3.7`.
  package var version: PostfixVersion { release.value }

  /// The types of tables that this Postfix has (`postconf -m`); nil where nothing says so.
  package var tableTypes: Set<String>? { types.value }

  /// The same, with `ask` for the types of tables; it is called the first time that an answer depends on them.
  package func askingTableTypes(_ ask: @escaping @Sendable () -> Set<String>?) -> Environment {
    var asking = self
    asking.types = AskedOnce(ask: ask)
    return asking
  }
}

/// Something that is asked for when it is first needed, and remembered.
private final class AskedOnce<Value: Sendable>: Sendable {
  private let ask: @Sendable () -> Value
  private let known = Mutex<Value?>(nil)

  init(ask: @escaping @Sendable () -> Value) { self.ask = ask }

  var value: Value {
    known.withLock { known in
      if let known { return known }
      let answer = ask()
      known = answer
      return answer
    }
  }
}
