// What an edit makes of a main.cf, or why it is refused.

import Editing
import PostfixFiles
import Testing

/// The text with the edits made; those made to the same text with CR LF for every LF must come to the same.
func edited(_ main: String, _ edits: Edit...) throws -> String {
  func result(_ main: String) throws -> String {
    var config = MailConfig(directory: "/etc/postfix", main: main)
    for edit in edits { config = try config.applying(edit) }
    return config.main.document.bytes.text
  }
  let text = try result(main)
  #expect(try result(inCRLF(main)) == inCRLF(text))
  return text
}

func inCRLF(_ text: String) -> String { text.replacing("\n", with: "\r\n") }

func refusal(_ main: String, _ edit: Edit) -> EditError? {
  refusal(MailConfig(directory: "/etc/postfix", main: main), edit)
}

func refusal(_ config: MailConfig, _ edit: Edit) -> EditError? {
  do throws(EditError) {
    _ = try config.applying(edit)
    return nil
  } catch { return error }
}

/// Why an edit is refused, as a person reads it; empty where it is made.
func refusalWords(_ config: MailConfig, _ edit: Edit) -> String { refusal(config, edit)?.message ?? "" }
