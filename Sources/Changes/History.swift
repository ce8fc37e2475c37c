// The writes of one configuration directory, as they lie in the state directory: a numbered directory for
// each, with a record and the contents before and after. A write that is not finished has another name, so that
// whatever has a plain number is whole. What a write left is kept so that it can be taken back, and shown, also where
// others edited the file since.

import FoundationEssentials
import Glibc
import PostfixFiles
import System

struct History {
  let directory: String
  /// The directory whose writes they are.
  private let subject: String
  /// What is at the path now.
  let here: LoggedWrite.Place?

  init(directory: String, of path: String) {
    self.directory = directory
    subject = path
    here = LoggedWrite.Place(path)
  }

  func place(_ number: Int) -> String {
    let digits = String(number)
    return join(directory, String(repeating: "0", count: max(0, 6 - digits.count)) + digits)
  }

  /// All writes, the oldest first, without those whose record is damaged.
  func list() throws(WriteError) -> [LoggedWrite] {
    var writes: [LoggedWrite] = []
    for number in numbers() {
      do throws(WriteError) {
        writes.append(try load(number))
      } catch .damaged {
        continue
      }
    }
    // A record without a place is older than the next one that has one, and is taken to be of that directory; without any, of this one.
    var next = here
    var known: [String: LoggedWrite.Place?] = [:]
    for index in writes.indices.reversed() {
      next = writes[index].place ?? next
      if next != here {
        writes[index].otherDirectory = true
        continue
      }
      for file in writes[index].files where writes[index].otherPath == nil {
        writes[index].otherPath = file.exchangedDirectory(&known)
      }
      if writes[index].otherPath != nil { writes[index].otherDirectory = true }
    }
    return writes
  }

  /// The directories of writes whose record cannot be understood, by their numbers.
  func damaged() -> [(number: Int, path: String)] {
    numbers().compactMap { number in
      do throws(WriteError) {
        _ = try load(number)
        return nil
      } catch .damaged {
        return (number, place(number))
      } catch {
        return nil
      }
    }
  }

  /// The write of that number, or the last one that was not taken back. A damaged record after that one may be of the last
  /// write.
  func write(_ number: Int?, among writes: [LoggedWrite]) throws(WriteError) -> LoggedWrite {
    let named =
      number.map { number in writes.first { $0.number == number } } ?? writes.last { $0.undone == nil }
    let unread = damaged().last { number == nil || $0.number == number }
    if let unread, unread.number > named?.number ?? -1 { throw .damaged(unread.path) }
    guard let named else {
      throw number.map { .noSuchWrite($0, isUndone: false) } ?? .nothingToUndo(directory: subject)
    }
    return named
  }

  /// The largest number of a write. More digits are not ours.
  private static let last = 999_999_999

  func numbers() -> [Int] {
    directoryNames(directory).compactMap { name in
      guard name.utf8.count <= 9, name.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = Int(name), place(number) == join(directory, name)
      else { return nil }
      return number
    }
    .sorted()
  }

  func load(_ number: Int) throws(WriteError) -> LoggedWrite {
    var write = try decode(LoggedWrite.self, join(place(number), "record.json"))
    let undone = join(place(number), "undone.json")
    if try Name(undone).exists() { write.undone = try decode(LoggedWrite.Undone.self, undone) }
    return write
  }

  /// The old contents of the file at `index` of a write.
  func oldContents(_ write: LoggedWrite, _ index: Int) throws(WriteError) -> [UInt8] {
    let path = join(place(write.number), "old-\(index)")
    guard let file = try FileSnapshot.read(Name(path)),
      write.files[index].before.map({ $0 == Digest(file.bytes) }) ?? true
    else { throw .damaged(path) }
    return file.bytes
  }

  /// What a write does to the history, when it counts.
  enum Step: Codable, Hashable {
    /// Adds the write of this number.
    case add(Int)
    /// Marks the write of this number as taken back.
    case markUndone(Int)
  }

  /// What the write left of that file; nil where it is not kept.
  func newContents(_ write: LoggedWrite, _ index: Int) throws(WriteError) -> [UInt8]? {
    let path = join(place(write.number), "new-\(index)")
    guard let file = try FileSnapshot.read(Name(path)) else { return nil }
    if let after = write.files[index].after, after.isKnown, after != Digest(file.bytes) {
      throw .damaged(path)
    }
    return file.bytes
  }

  /// Forgets what earlier writes left, where `write` found just that: it is kept as its old contents.
  func forget(repeatedBy write: LoggedWrite, fileSystem: some FileSystem) throws(WriteError) {
    for number in numbers() where number < write.number {
      // Nearly all writes keep nothing any more.
      let kept = directoryNames(place(number)).filter { $0.hasPrefix("new-") }
      if kept.isEmpty { continue }
      let earlier: LoggedWrite
      do throws(WriteError) { earlier = try load(number) } catch .damaged { continue }
      for (index, file) in earlier.files.enumerated() {
        guard kept.contains("new-\(index)"), let after = file.after,
          let same = write.files.first(where: { $0.path == file.path }), same.before == after
        else { continue }
        try fileSystem.removeIfThere(Name(join(place(number), "new-\(index)")))
      }
    }
  }

  /// The number of the next write, which has to come after all others.
  func nextNumber() throws(WriteError) -> Int {
    let last = numbers().last ?? 0
    guard last < Self.last else { throw .damaged(place(last)) }
    return last + 1
  }

  /// The rename that makes a step count.
  func move(_ step: Step) -> (from: String, to: String) {
    let path =
      switch step {
      case .add(let number): place(number)
      case .markUndone(let number): join(place(number), "undone.json")
      }
    return (path + ".pending", path)
  }

  /// Puts the record and the contents before and after on disk, under the name that does not count yet.
  func stage(
    _ write: LoggedWrite, old: [FileSnapshot?], new: [[UInt8]?], at path: String, fileSystem: some FileSystem
  ) throws(WriteError) {
    try fileSystem.makeDirectories(onTheWayTo: path)
    try fileSystem.removeTree(path)
    try fileSystem.act(.makeDirectory(Name(path), mode: 0o700))
    for (title, files) in [("old", old.map { $0?.bytes }), ("new", new)] {
      for (index, bytes) in files.enumerated() {
        guard let bytes else { continue }
        // For our eyes only: the owner and mode that it had are in the record. A main.cf or a table may hold secrets.
        let name = Name(join(path, "\(title)-\(index)"))
        _ = try fileSystem.writeNew(name, bytes, .ours(mode: 0o600), standingFor: path)
      }
    }
    try encode(write, join(path, "record.json"), fileSystem: fileSystem)
    try fileSystem.synchronizeDirectory(path)
    try fileSystem.synchronizeDirectory(directory)
  }

  func stage(_ undone: LoggedWrite.Undone, at path: String, fileSystem: some FileSystem) throws(WriteError) {
    try fileSystem.removeTree(path)
    try encode(undone, path, fileSystem: fileSystem)
  }

  /// Makes a step count; that may have happened before.
  func adopt(_ step: Step, fileSystem: some FileSystem) throws(WriteError) {
    let move = move(step)
    if try !Name(move.from).exists() { return }
    try fileSystem.act(.rename(from: Name(move.from), to: Name(move.to)))
    try fileSystem.synchronizeDirectory(FileReader.directory(of: move.from))
  }

  /// The opposite of `adopt`.
  func withdraw(_ step: Step, fileSystem: some FileSystem) throws(WriteError) {
    let move = move(step)
    if try !Name(move.from).exists(), try Name(move.to).exists() {
      try fileSystem.act(.rename(from: Name(move.to), to: Name(move.from)))
    }
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ path: String) throws(WriteError) -> Value {
    guard let file = try FileSnapshot.read(Name(path)) else { throw .damaged(path) }
    do {
      return try JSONDecoder().decode(type, from: Data(file.bytes))
    } catch {
      throw .damaged(path)
    }
  }

  private func encode(_ value: some Encodable, _ path: String, fileSystem: some FileSystem) throws(WriteError)
  {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { throw .damaged(path) }
    _ = try fileSystem.writeNew(Name(path), Array(data), .ours(mode: 0o600), standingFor: path)
  }
}
