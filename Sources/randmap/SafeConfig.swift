// A configuration whose passwords no report shows: a value that has another setting in it by mistake is quoted whole.

import PostfixFiles

struct SafeConfig {
  /// Without passwords; it is the configuration itself where there are none.
  let config: MailConfig
  private let isBlanked: Bool

  init(_ config: MailConfig) {
    let secrets = config.blankedSecrets
    self.config = secrets?.config ?? config
    isBlanked = secrets != nil
  }

  /// A text about it as it is shown.
  func shown(_ text: String) -> String { isBlanked ? BlankedSecrets.shown(text) : text }

  func shown(_ text: Bytes) -> Bytes { isBlanked ? Bytes(BlankedSecrets.shown(text.text).utf8) : text }
}
