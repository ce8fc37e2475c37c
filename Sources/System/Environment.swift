// The variables of the environment.

import Glibc

/// The value of a variable of the environment; nil where it is not set or empty, which mean the same for all that we
/// read.
package func environmentVariable(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}

/// The path of one of a person's own settings, which need not be there: below `$XDG_CONFIG_HOME` or `~/.config`; nil if
/// their place is unknown.
package func personalFile(
  _ name: String, _ variable: (String) -> String? = environmentVariable
) -> String? {
  if let home = variable("XDG_CONFIG_HOME"), home.hasPrefix("/") { return "\(home)/randmap/\(name)" }
  return variable("HOME").flatMap { $0.isEmpty ? nil : "\($0)/.config/randmap/\(name)" }
}
