// The writes that are remembered, as the History view asks for them. Its functions read files: they are called on threads.

import Changes
import Editing
import PostfixFiles

package struct Archive: Sendable {
  /// All writes, the oldest first.
  let log: @Sendable () -> Result<[LoggedWrite], WriteError>
  /// What a write was: the lines of its diff, safe to show, without passwords.
  let diff: @Sendable (_ number: Int) -> Result<[String], WriteError>

  init(
    log: @escaping @Sendable () -> Result<[LoggedWrite], WriteError>,
    diff: @escaping @Sendable (_ number: Int) -> Result<[String], WriteError>
  ) {
    self.log = log
    self.diff = diff
  }

  /// Nothing is remembered.
  static let empty = Archive(log: { .success([]) }, diff: { _ in .success([]) })

  package init(_ writer: Writer, of config: MailConfig) {
    let directory = config.directory
    log = { () -> Result<[LoggedWrite], WriteError> in
      do throws(WriteError) { return .success(try writer.log(directory)) } catch { return .failure(error) }
    }
    diff = { number -> Result<[String], WriteError> in
      do throws(WriteError) {
        let (diffs, forgotten) = try writer.written(directory, number: number)
        let lines = diffs.flatMap { config.masked($0).printableLines }
        return .success(
          foldingRepetitions(in: lines)
            + forgotten.map {
              "\(printable($0)): what that write left is not kept: others changed it at once"
            }
        )
      } catch { return .failure(error) }
    }
  }
}
