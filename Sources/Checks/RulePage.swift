// The page of a rule: `--explain` and docs/rules have the same text.

import PostfixFiles

/// The page of `rule` as Markdown; it ends with a newline.
package func page(for rule: Rule) -> String {
  var text = """
    # \(rule.code): \(rule.summary)

    Severity: \(rule.severity.rawValue). Needs: \(rule.needs).

    \(rule.why)

    ## Bad


    """
  text += listing(rule.bad)
  text += "`randmap --check` says:\n\n"
  for diagnostic in Linter(LintOptions(select: [rule.code])).lint(rule.bad.config, known: rule.bad.known)
    .diagnostics
  {
    text += "    \(gccLine(diagnostic))\n"
  }
  text += "\n## Good\n\n" + listing(rule.good)
  text += """
    ## Switch it off

    `# randmap: disable=\(rule.code)` on the line before, or in the first comment block for the whole file;
    `--ignore \(rule.code)` for one run.

    """
  return text
}

/// The table of contents of docs/rules as Markdown.
package func rulesIndex() -> String {
  var text = """
    # The rules of `randmap --check`

    These pages are made from the rules themselves. `randmap --check --explain RM203` prints one without a network.

    | rule | severity | what is wrong |
    | --- | --- | --- |

    """
  for rule in Rule.all {
    text += "| [\(rule.code)](\(rule.code).md) | \(rule.severity.rawValue) | \(rule.summary) |\n"
  }
  return text
}

extension Rule {
  /// What has to be given, in words.
  package var needs: String {
    switch check {
    case .directory, .resultInDirectory: "the configuration directory"
    case .live, .probed, .gateway: "the configuration directory, and a look at the gateways (--probe)"
    case .surrounded: "the configuration directory that a Postfix on this machine uses"
    case .main: "main.cf"
    case .master: "master.cf"
    case .pool: "main.cf or a pool file"
    case .result: "main.cf, a table or a pool file"
    case .key, .refusedLine, .continuedEntry, .duplicateKey: "a table"
    case .document: "any file"
    }
  }
}

private func listing(_ example: Example) -> String {
  let rows = example.rows.map { [("\(Example.database), its rows in words", $0)] } ?? []
  return (example.files + example.otherFiles + rows).map { name, text in
    let body = Example.unmarked(text).split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in
        // Invisible characters are written out; a carriage return is one Character with its newline.
        line.unicodeScalars.map { $0.value == 0 ? "\\0" : $0.value == 0xFEFF ? "<BOM>" : String($0) }.joined()
      }
    let shown = body.last == "" ? body.dropLast() : body[...]
    return "`\(name)`\n\n" + shown.map { $0.isEmpty ? "\n" : "    \($0)\n" }.joined() + "\n"
  }.joined()
}
