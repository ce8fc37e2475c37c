// A page of the documentation as a script: its files, its commands, and what they are said to print.
//
// In a page, a block ```console holds commands after "$ " (a backslash at the end of a line goes on with the next one),
// each followed by what it prints; a line "..." means any lines. A block ```conf PATH is a file that is there before the
// commands after it. What a reader needs not see is in comments:
//
//   <!-- test: COMMAND -->          runs before what follows, in the machine of the page
//   <!-- test: numbers vary -->     in the next block, any number and any width of a column is right
//   <!-- test: ends with 2 -->      the next commands end with this status; otherwise 0 or 1
//   <!-- test: needs ADDRESS -->    the machine has this address

import TestSupport

struct HowToPage {
  enum Step {
    case file(path: String, text: String)
    case hidden(String)
    case shown(ShownCommand)
  }

  struct ShownCommand {
    var command: String
    /// What the page says that it prints.
    var output: [String]
    /// Where that is: lines of the page, counted from 0.
    var place: Range<Int>
    var numbersVary: Bool
    /// What it may end with: 0 and 1 are answers, anything above is a call that is wrong.
    var statuses: [ExitStatus]

    /// Whether `actual` is what the page says.
    func matches(_ actual: [String]) -> Bool {
      Self.matches(output.map(normal)[...], actual.map(normal)[...])
    }

    private func normal(_ line: String) -> String {
      guard numbersVary else { return line }
      let words = line.split(separator: " ").joined(separator: " ")
      // "02:06, 2 h left" today is "2026-11-29 00:26, 1 h 59 min left" on the evening before.
      let shorter = words.replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2} (?=[0-9]{2}:[0-9]{2},)/, with: "")
        .replacing(/[0-9]+ h( [0-9]+ min)? left/, with: "N h left")
      return shorter.replacing(/[0-9]+([.,:\-TZ][0-9]+)*|<1/, with: "N")
    }

    /// A line "..." stands for any lines, also for none.
    private static func matches(_ wanted: ArraySlice<String>, _ actual: ArraySlice<String>) -> Bool {
      guard let first = wanted.first else { return actual.isEmpty }
      if first == "..." {
        let rest = wanted.dropFirst()
        return (actual.startIndex...actual.endIndex).contains { matches(rest, actual[$0...]) }
      }
      return first == actual.first && matches(wanted.dropFirst(), actual.dropFirst())
    }
  }

  private(set) var steps: [Step] = []
  private(set) var addresses: [String] = []
  private var lines: [String]

  init(_ text: String) throws(TestFailure) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var numbersVary = false
    var statuses = Self.answers
    var index = 0
    while index < lines.count {
      let line = lines[index]
      index += 1
      if let comment = line.wholeMatch(of: /<!-- test: (.*) -->/)?.1 {
        if comment == "numbers vary" {
          numbersVary = true
        } else if let status = comment.wholeMatch(of: /ends with ([0-9]+)/).flatMap({ Int32($0.1) }) {
          statuses = [.exited(status)]
        } else if let address = comment.wholeMatch(of: /needs ([0-9.]+)/)?.1 {
          addresses.append(String(address))
        } else {
          steps.append(.hidden(String(comment)))
        }
      } else if line.hasPrefix("```"), line != "```" {
        guard let end = lines[index...].firstIndex(of: "```") else {
          throw TestFailure("a block without an end: \(line)")
        }
        if line == "```console" {
          try addCommands(index..<end, numbersVary: numbersVary, statuses: statuses)
          numbersVary = false
          statuses = Self.answers
        } else if let path = line.wholeMatch(of: /```[a-z]+ ([^ ]+)/)?.1 {
          steps.append(.file(path: String(path), text: lines[index..<end].map { $0 + "\n" }.joined()))
        }
        index = end + 1
      }
    }
  }

  private static let answers: [ExitStatus] = [.exited(0), .exited(1)]

  private mutating func addCommands(
    _ block: Range<Int>, numbersVary: Bool, statuses: [ExitStatus]
  ) throws(TestFailure) {
    var index = block.lowerBound
    while index < block.upperBound {
      guard lines[index].hasPrefix("$ ") else {
        throw TestFailure("line \(index + 1): a block of commands begins with \"$ \": \(lines[index])")
      }
      var command = String(lines[index].dropFirst(2))
      while command.hasSuffix("\\"), index + 1 < block.upperBound {
        index += 1
        command += "\n" + lines[index]
      }
      let start = index + 1
      index = lines[start..<block.upperBound].firstIndex { $0.hasPrefix("$ ") } ?? block.upperBound
      steps.append(
        .shown(
          ShownCommand(
            command: command, output: Array(lines[start..<index]), place: start..<index,
            numbersVary: numbersVary, statuses: statuses)))
    }
  }

  /// The page with what the commands printed. The last ones come first, so that the places of the others stay right.
  func text(showing outputs: [(ShownCommand, [String])]) -> String {
    var lines = lines
    for (shown, output) in outputs.sorted(by: { $0.0.place.lowerBound > $1.0.place.lowerBound }) {
      lines.replaceSubrange(shown.place, with: output)
    }
    return lines.joined(separator: "\n")
  }
}
