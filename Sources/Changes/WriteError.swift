// Why nothing was written, and what a write that did happen could not keep.

import Glibc
import PostfixFiles
import PostfixTools
import Store

/// Why a write did not happen. Unless it says `interrupted`, the files are what they were.
package enum WriteError: Error, Hashable, Sendable {
  /// These files are no longer what they were when they were read.
  case conflict([String])
  /// Another program is writing: what it holds, and which process it is, where the kernel says.
  case busy(String, by: String?)
  case system(SystemError)
  /// A pool database cannot be read.
  case database(StoreError)
  /// postmap could not build an index of this source.
  case index(source: String, ToolError)
  /// A directory, a FIFO or a device is in the place of a file.
  case notRegular(String)
  /// The change names one file twice.
  case namedTwice(String)
  /// An earlier write of these files was interrupted: it has to be finished or taken back first.
  case unsettled([String])
  /// Something that has to come from us does not, or may not: its path, and why it is not believed.
  case refused(String, String)
  /// This user may not look into the state of this path, where an interrupted write would be.
  case closedState(String)
  /// Root may not write here: others can put names into this directory, for the reason.
  case sharedDirectory(String, String)
  /// Root may not write the database that the main.cf of this directory names: another user may have written that, by this place,
  /// for the reason.
  case foreignAuthor(String, String, String)
  /// A write failed half-way (first) and taking it back failed too (second): the journal stays, and
  /// `recover` finishes it or takes it back.
  indirect case interrupted(WriteError, WriteError)
  /// A record of a write cannot be understood: the journal, or an entry of the history.
  case damaged(String)
  case nothingToUndo(directory: String)
  /// There is no such write, or it was taken back already.
  case noSuchWrite(Int, isUndone: Bool)
  /// All files of this write are as they were before it.
  case nothingLeft(Int)
  /// The write was made in another directory than the one that is at this path now.
  case otherDirectory(Int, String)
  /// These files were edited since the write, and the edits are elsewhere: what taking it back would change, to look at.
  case editedSince([String], ChangeSet)
}

extension WriteError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .conflict(let paths): "changed on disk since it was read: \(paths.joined(separator: ", "))"
    case .busy(let path, let holder):
      "another program is writing: \(path) is locked by "
        + (holder
          ?? "a process that this machine does not show, perhaps one of another host or of a container")
        + "; wait until it has ended, then run the command again"
    case .system(let error): error.description + Self.remedy(error)
    case .database(let error): error.message
    case .index(let source, let error): "no index of \(source) could be built: \(error)"
    case .notRegular(let path): "\(path) is not a regular file"
    case .namedTwice(let path): "\(path) is named twice in one change"
    case .unsettled(let files):
      "an earlier write of \(files.joined(separator: ", ")) was interrupted: run \"randmap recover\" first"
    case .refused(let path, let reason):
      "\(path) is not followed: \(reason); nothing was touched; look at it: ls -ld \(path.asArgument); if its permissions are wrong: chmod go-w \(path.asArgument)"
    case .closedState(let path):
      "this user may not read \(path), where an interrupted write would be: run randmap as root or as the owner of that directory"
    case .sharedDirectory(let path, let reason):
      """
      root does not write below \(path): \(reason), so they could lead the write to other files; run randmap as the \
      user who owns the configuration, or make root the owner of \(path) and let no other user write it
      """
    case .foreignAuthor(let directory, let path, let reason):
      """
      root does not go by the mail_owner and the databases of \(directory)/main.cf: \(path): \(reason); run randmap as the user \
      who owns it, or make root the owner and let no other user write it
      """
    case .interrupted(let first, let second):
      "interrupted: \(first); then \(second); \"randmap recover\" finishes the write or takes it back"
    case .damaged(let path):
      "\(path) cannot be understood: another version of randmap wrote it, or it is damaged; it was left as it is."
        + " Look at the files that it names; when they are right, remove it"
    case .nothingToUndo(let directory):
      "nothing to undo"
        + (geteuid() == 0
          ? ""
          : ": the history of this user has no write of it; \"\(callAsRoot("undo", in: directory))\" takes back what root wrote")
    case .noSuchWrite(let number, let isUndone):
      isUndone ? "write \(number) was taken back already" : "no write \(number); \"randmap log\" lists them"
    case .nothingLeft(let number):
      "nothing is left to take back: the files are as they were before write \(number)"
        + (number > 1
          ? "; to take an earlier write back: randmap undo NUMBER, as \"randmap log\" lists them" : "")
    case .otherDirectory(let number, let path):
      """
      write \(number) was made in another directory that was at \(path), or in this one before it was copied, restored or mounted again; \
      look at it with "randmap log --diff \(number)"; where it is of this configuration, "randmap undo \(number) --force" takes it back
      """
    case .editedSince(let paths, _):
      "edited since that write, in other lines: \(paths.joined(separator: ", ")); look at the diff, and say --merge to keep those edits"
    }
  }

  /// What can be done about it; empty where that is not known.
  private static func remedy(_ error: SystemError) -> String {
    switch error.number {
    case EACCES where geteuid() != 0, EPERM where geteuid() != 0:
      return "; need the rights of root, or of the user who owns the files: \(call(asRootFor: error.path))"
    case ENOSPC: return "; make room on that file system (\"df -h\", \"df -i\"), then run the command again"
    case EDQUOT:
      return "; this user may not store more there (\"quota\"): make room, then run the command again"
    case EFBIG:
      return
        "; a file of this process may not be so large: raise that limit with \"ulimit -f unlimited\", then run the command again"
    default: return ""
    }
  }

  /// sudo(8) drops MAIL_CONFIG, so that the call names the configuration directory, as far as the file that failed says which one
  /// that is.
  private static func call(asRootFor path: String) -> String {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    let directory = [path, parent].first { access("\($0)/main.cf", F_OK) == 0 }
    return directory.map { "\"\(callAsRoot("...", in: $0))\"" }
      ?? "\"sudo randmap ...\", with the same -c DIR"
  }

  /// Whether a name led to something else than a regular file.
  var isAboutItsKind: Bool {
    switch self {
    case .notRegular: true
    case .system(let error): error.number == ELOOP
    default: false
    }
  }

  /// What has come of the write: nothing, unless it was interrupted.
  package var outcome: String {
    if case .interrupted = self { return description }
    return "nothing is written: \(description)"
  }

  /// Why a write is not taken back.
  package var whyNotUndone: String {
    if case .conflict(let paths) = self {
      return
        "changed since that write: \(paths.joined(separator: ", ")); take that change back first, or edit by hand"
    }
    return description
  }
}

/// Something of the old file that the new one does not have, because we may not give it.
package enum Loss: Hashable, Sendable, CustomStringConvertible {
  /// The file now belongs to us: only root can give a file away.
  case owner(String)
  /// The file is in our group now: only root or a member of the old group can give it to that.
  case group(String)
  /// Its set-user-ID, set-group-ID and sticky bits are gone, since the owner is another.
  case specialBits(String)
  /// The rights of the old group are gone, since those of another would have them.
  case groupRights(String)
  case extendedAttribute(String, name: String)
  /// The file had further names (hard links): they still lead to the old contents.
  case hardLink(String)

  package var description: String {
    switch self {
    case .owner(let path): "\(path): the owner could not be kept (only root can)"
    case .group(let path): "\(path): the group could not be kept (only root or a member of it can)"
    case .specialBits(let path): "\(path): set-user-ID and set-group-ID were removed, since the owner changed"
    case .groupRights(let path): "\(path): the rights of its group were removed, since the group changed"
    case .extendedAttribute(let path, let name): "\(path): attribute \(name) could not be kept"
    case .hardLink(let path): "\(path): its other hard links still have the old contents"
    }
  }
}

/// An index that is now older than its source.
package struct UnbuiltIndex: Hashable, Sendable, CustomStringConvertible {
  package let type: IndexType
  /// The source; `postmap type:source` builds what is missing.
  package let source: String
  package let reason: ToolError

  package var description: String {
    "\(type.rawValue):\(source) was not built (\(reason)): run postmap \(type.rawValue):\(source)"
  }
}

/// What a write did.
package struct WriteResult: Hashable, Sendable {
  /// The files that were replaced, made or removed, indexes included.
  package internal(set) var files: [String] = []
  package internal(set) var unbuilt: [UnbuiltIndex] = []
  package internal(set) var losses: [Loss] = []
  /// The number of the write in the history; nil where there was nothing to write, and for an undo.
  package internal(set) var number: Int?
  /// The write is done, but something of ours could not be cleared away; `recover` does it.
  package internal(set) var leftBehind: WriteError?
}

extension WriteResult {
  /// What a person should know besides that it is written.
  package var notes: [String] {
    unbuilt.map(\.description) + losses.map(\.description) + (leftBehind.map { [$0.description] } ?? [])
  }
}
