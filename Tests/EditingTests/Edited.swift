// What an edit makes of a main.cf, or why it is refused.

import Editing
import PostfixFiles

func edited(_ main: String, _ edits: Edit...) throws -> String {
  var config = MailConfig(directory: "/etc/postfix", main: main)
  for edit in edits { config = try config.applying(edit) }
  return config.main.document.bytes.text
}

func refusal(_ main: String, _ edit: Edit) -> EditRefusal? {
  do throws(EditRefusal) {
    _ = try MailConfig(directory: "/etc/postfix", main: main).applying(edit)
    return nil
  } catch { return error }
}
