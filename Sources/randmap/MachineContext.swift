// What routing and plans ask of Postfix's commands and of this machine.

import Editing
import PostfixFiles
import PostfixTools
import Routing
import System

extension MailConfig {
  /// The machine as `pool` sees it.
  ///
  /// - Parameter asksForNames: whether the DNS may be asked for the name of an address.
  func machine(asksForNames: Bool = false, isDemo: Bool = false) -> Machine {
    Machine(
      addresses: Set(interfaceAddresses()), nameOfAddress: { asksForNames ? hostName(ofAddress: $0) : nil },
      context: routeContext(isDemo: isDemo))
  }

  /// What the resolver asks Postfix and this machine for.
  func routeContext(isDemo: Bool = false) -> RouteContext {
    let tools = PostfixCommands()
    // The command runs in another directory while Postfix answers.
    let directory = absolutePath(self.directory)
    let queue = parameters.text("queue_directory")
    let isCopy = !isDemo && !MailConfig.isInUse(directory)
    let memory = DrawMemory()
    let refusals = Refusals(tools, directory)
    return RouteContext(
      ask: { table, key in
        if let refusal = refusals.refusal(of: table, key) { return refusal }
        let answer = tools.answer(table: table, key: key, configDirectory: directory, queueDirectory: queue)
        // Where no Postfix runs with this directory, a table that fails here may be sound where one does.
        if isCopy, case .failed(let words) = answer { return .unknown("\(printable(table)): \(words)") }
        return answer
      },
      draw: memory.remembering { table, key, count in
        tools.draws(
          table: table, key: key, count: count, configDirectory: directory, queueDirectory: queue,
          limit: .seconds(2))
      }, interfaceAddresses: interfaceAddresses,
      addressesOfName: { isCopy ? nil : systemAddresses(of: $0) }, isCopy: isCopy)
  }
}

/// The tables that are not asked for, as they reach servers and the directory is another's. Whose it is costs a look at its
/// main.cf, and that may name thousands of them.
private final class Refusals {
  private let tools: PostfixCommands
  private let directory: String
  private lazy var isOwn = tools.ownPath(of: directory) != nil
  /// What follows the name of the table.
  private var words: String?

  init(_ tools: PostfixCommands, _ directory: String) {
    self.tools = tools
    self.directory = directory
  }

  /// The answer for `table` where it is the same as for all such tables before it.
  func refusal(of table: String, _ key: Bytes) -> TableAnswer? {
    guard case .other = TableType(String(table.prefix { $0 != ":" })), key.isUTF8, !key.contains(0), !isOwn
    else { return nil }
    let name = printable(table)
    if let words { return .unknown(name + words) }
    let answer = tools.answer(table: table, key: key, configDirectory: directory)
    if case .unknown(let text) = answer, text.hasPrefix(name) { words = String(text.dropFirst(name.count)) }
    return answer
  }
}

/// The draws of one command: what the routes before and after an edit share must not differ by chance.
private final class DrawMemory {
  private struct Question: Hashable {
    let table: String
    let key: Bytes
    let count: Int
  }

  private var known: [Question: TableDraws?] = [:]

  func remembering(
    _ draw: @escaping (String, Bytes, Int) -> TableDraws?
  ) -> (String, Bytes, Int) -> TableDraws? {
    { table, key, count in
      let question = Question(table: table, key: key, count: count)
      if let answer = self.known[question] { return answer }
      let answer = draw(table, key, count)
      self.known[question] = .some(answer)
      return answer
    }
  }
}
