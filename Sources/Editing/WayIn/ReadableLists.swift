// A list of tables with a mistake inside: what its other tables say cannot be read, and an edit of its parameter would lose that.

import PostfixFiles
import Routing

extension MailConfig {
  /// Refuses an edit that writes the line of such a list anew.
  ///
  /// - Parameter edited: nil: each list counts.
  func guardReadableLists(in edited: MailConfig? = nil, for scope: Scope) throws(EditError) {
    for parameter in RoutingParameter.maps {
      guard let line = main[parameter],
        edited.map({ line.value.text != $0.main[parameter]?.value.text }) ?? true,
        let problem = problem(withListOf: parameter)
      else { continue }
      throw .cannotPool(
        "\(scope)",
        reason:
          "\(parameter) (\(main.document.path):\(line.line.number)) cannot be read: \(problem); correct that first"
      )
    }
  }

  private func problem(withListOf parameter: RoutingParameter) -> String? {
    do throws(ExpansionError) { _ = try parameters.value(parameter) } catch { return error.message }
    for case .failure(let table) in tables(parameter) {
      // It is sound to Postfix, and stays as it is written.
      if case .tooManyEntries = table.problem { continue }
      return table.problem.message
    }
    return nil
  }
}
