// A configuration at a time, for drains and plans that depend on the clock.

import PostfixFiles

/// main.cf and other files, read at `now`, in seconds since 1970.
func timedConfig(_ main: String, _ files: [String: String] = [:], at now: Int) -> MailConfig {
  var environment = Environment()
  environment.clock = { now }
  var config = MailConfig(directory: "/etc/postfix", environment: environment, main: main)
  for (path, text) in files { config.files[path] = .read(Document(path: path, bytes: Bytes(text.utf8))) }
  return config
}
