// Quotes, which main.cf and the tables treat as a part of the value.

import PostfixFiles

/// Whether a quote begins or ends a text, in the brackets around it too.
func isQuoted(_ text: String) -> Bool {
  let quotes: Set<Character> = ["\"", "'"]
  let bare = text.drop { $0 == "[" }
  return bare.first.map(quotes.contains) ?? false || text.last.map(quotes.contains) ?? false
}

/// The words for a host in quotes: `["gw1.example"]` is `[gw1.example]`.
func withoutQuotes(_ text: String) -> String {
  let bare = excerpt(text).filter { $0 != "\"" && $0 != "'" }
  return "it without quotes: \"\(bare)\""
}
