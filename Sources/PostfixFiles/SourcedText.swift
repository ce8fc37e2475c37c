// Text that knows the file and the place of each of its bytes: the joined text of a logical line, or a value after
// the expansion of its `$names`. Diagnostics point with it and edits go back through it.

/// A byte's place: a file and an offset into its text as it is now.
package struct Origin: Hashable, Sendable {
  package var file: String
  package var offset: Int

  package init(file: String, offset: Int) {
    self.file = file
    self.offset = offset
  }
}

/// A part of one file.
package struct FileRange: Hashable, Sendable {
  package var file: String
  package var range: Range<Int>

  /// Nearly all that are compared are of one file: its path would be gone through for each.
  package func hash(into hasher: inout Hasher) { hasher.combine(range) }

  package init(file: String, range: Range<Int>) {
    self.file = file
    self.range = range
  }
}

/// Bytes with their origins.
package struct SourcedText: Sendable {
  package private(set) var bytes: Bytes = []
  /// Each run goes to the start of the next; a nil origin means that the text is in no file (a default).
  private var runs: [Run] = []

  private struct Run: Sendable {
    var start: Int
    var origin: Origin?
  }

  package init() {}

  /// Text that is in no file, such as a built-in default.
  package init(builtIn text: String) {
    append(Bytes(text.utf8), from: nil)
  }

  /// A part of a document.
  package init(_ document: Document, _ range: Range<Int>) {
    append(document[range], from: Origin(file: document.path, offset: range.lowerBound))
  }

  /// The text of a logical line: continuation lines joined without their newlines, comments and blank lines
  /// between them left out, cut at the first NUL as Postfix's C strings are.
  package init(_ line: LogicalLine, of document: Document) {
    let text = document[line.range]
    var start = text.startIndex
    repeat {
      let end = text[start...].firstIndex(of: .newline) ?? text.endIndex
      let physical = text[start..<end]
      let first = physical.firstIndex { !$0.isSpace }
      if let first, text[first] != .hash {
        let offset = line.range.lowerBound + (start - text.startIndex)
        let content = physical.prefix { $0 != 0 }
        append(content, from: Origin(file: document.path, offset: offset))
        if content.count < physical.count { return }
      }
      start = end + 1
    } while start < text.endIndex
  }

  package var isEmpty: Bool { bytes.isEmpty }
  package var count: Int { bytes.count }
  package var text: String { bytes.text }

  package mutating func append(_ more: some Collection<UInt8>, from origin: Origin?) {
    guard !more.isEmpty else { return }
    if let last = runs.last, let old = last.origin, let origin, old.file == origin.file,
      old.offset + (bytes.count - last.start) == origin.offset
    {
      // It goes on where the last run ends.
    } else {
      runs.append(Run(start: bytes.count, origin: origin))
    }
    bytes += more
  }

  package mutating func append(_ more: SourcedText) {
    if isEmpty {
      self = more
      return
    }
    for (index, run) in more.runs.enumerated() {
      let end = index + 1 < more.runs.count ? more.runs[index + 1].start : more.bytes.count
      append(more.bytes[run.start..<end], from: run.origin)
    }
  }

  /// The part of it in `range`.
  package subscript(range: Range<Int>) -> SourcedText {
    // A value of millions of bytes is one item as often as not: no copy of it then.
    if range == 0..<count { return self }
    var part = SourcedText()
    if range.isEmpty { return part }
    part.bytes = Bytes(bytes[range])
    // Lists of a million items are cut up so.
    var index = runIndex(at: range.lowerBound)
    while index < runs.count, runs[index].start < range.upperBound {
      var run = runs[index]
      let start = max(run.start, range.lowerBound)
      run.origin?.offset += start - run.start
      run.start = start - range.lowerBound
      part.runs.append(run)
      index += 1
    }
    return part
  }

  /// The parts of `range` that are without a break in their file, each with the origin of its first byte. A value
  /// of thousands of lines has a run for each, so they are searched for.
  private func eachRun(in range: Range<Int>, _ body: (Range<Int>, Origin?) -> Void) {
    var index = max(0, runIndex(at: range.lowerBound))
    while index < runs.count, runs[index].start < range.upperBound {
      let start = runs[index].start
      let end = index + 1 < runs.count ? runs[index + 1].start : bytes.count
      let overlap = range.clamped(to: start..<end)
      if !overlap.isEmpty {
        body(
          overlap,
          runs[index].origin.map { Origin(file: $0.file, offset: $0.offset + overlap.lowerBound - start) })
      }
      index += 1
    }
  }

  /// Of the run that holds the byte at `offset`; -1 if no run does.
  private func runIndex(at offset: Int) -> Int { bisect(0..<runs.count) { runs[$0].start > offset } - 1 }

  /// The part of it in `range`, white space at the ends left out.
  package func trimmed(_ range: Range<Int>? = nil) -> SourcedText {
    self[bytes.trimmed(range ?? 0..<count)]
  }

  /// Where the byte at `offset` is; nil if that is in no file.
  package func origin(at offset: Int) -> Origin? {
    let index = runIndex(at: offset)
    guard index >= 0, let origin = runs[index].origin else { return nil }
    return Origin(file: origin.file, offset: origin.offset + offset - runs[index].start)
  }

  /// The part of one file that `range` came from; nil where it came from several places or from none.
  /// An empty text has no place.
  package func fileRange(_ range: Range<Int>? = nil) -> FileRange? {
    let range = range ?? 0..<count
    guard !range.isEmpty, let first = origin(at: range.lowerBound),
      let last = origin(at: range.upperBound - 1), first.file == last.file,
      last.offset - first.offset == range.count - 1
    else { return nil }
    return FileRange(file: first.file, range: first.offset..<last.offset + 1)
  }

  /// From the first to the last byte of it that are in the file of the first one: what a diagnostic underlines.
  package func span(_ range: Range<Int>? = nil) -> FileRange? {
    var span: FileRange?
    eachRun(in: range ?? 0..<count) { part, origin in
      guard let origin else { return }
      let end = origin.offset + part.count
      if let known = span {
        guard known.file == origin.file, end > known.range.upperBound else { return }
        span = FileRange(file: known.file, range: known.range.lowerBound..<end)
      } else {
        span = FileRange(file: origin.file, range: origin.offset..<end)
      }
    }
    return span
  }
}

extension SourcedText: CustomStringConvertible {
  package var description: String { printable(bytes) }
}
