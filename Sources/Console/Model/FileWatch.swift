// Whether the files on disk are still what the console shows: the system calls for it stay out of the model.

import PostfixFiles
import Synchronization

/// Notices that the files of the configuration are no longer what was read of them.
final class FileWatch: Sendable {
  private struct State {
    let directory: String
    let environment: Environment
    var stamps: FileStamps
  }

  /// Nil until they were first read.
  private let state = Mutex<State?>(nil)

  /// Reads what `config` names, and remembers the stamps that all files had before.
  func reading(_ config: MailConfig) -> MailConfig {
    var stamps = FileStamps(of: [config.main.document.path, config.directory + "/master.cf"])
    stamps.add(config.tablePaths)
    let read = config.readingFiles()
    stamps.add(read.tablePaths + read.files.keys)
    let first = State(directory: config.directory, environment: config.environment, stamps: stamps)
    state.withLock { $0 = first }
    return read
  }

  /// What there is to say of the files; nil where they are what they were.
  func look() -> Message? {
    state.withLock { state in
      guard let known = state, known.stamps.areOutdated else { return nil }
      do throws(FileProblem) {
        let (now, stamps) = try MailConfig.reading(known.directory, environment: known.environment)
        state?.stamps = stamps
        return .filesChanged(now)
      } catch {
        state?.stamps = known.stamps.renewed
        return .filesUnreadable(error.message)
      }
    }
  }
}
