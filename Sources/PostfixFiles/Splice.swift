// Editing a document in many places at once, in its own line ends.

/// A part of a text, in bytes, and what comes in its place.
package struct Splice: Hashable, Sendable {
  package var range: Range<Int>
  package var bytes: Bytes

  package init(range: Range<Int>, bytes: Bytes) {
    self.range = range
    self.bytes = bytes
  }
}

extension Document {
  /// Splices that are nearer to each other than this are made as one: each by itself costs a look at all lines.
  private static let near = 4096

  /// The document with splices, given in any order; offsets are those of the document as it is now.
  ///
  /// Of two that overlap, the later one takes what both have: two that take lines out may share the newline between
  /// them. What is put in where another one begins comes in front of that. Where the first line ends with CR LF, as
  /// Postfix takes it too (CR is white space at the end of a line), new lines end so.
  package func applying(_ splices: [Splice]) -> Document {
    let splices = endsLinesWithCRLF ? inCRLF(splices) : splices
    var edited = self
    var limit = count
    // What comes in the place of `group`, last part first.
    var group: Range<Int>?
    var parts: [Bytes] = []
    func finishGroup() {
      guard let group else { return }
      edited.replace(group, with: Array(parts.reversed().joined()))
      parts = []
    }
    let ordered = splices.sorted {
      ($0.range.lowerBound, $0.range.upperBound) > ($1.range.lowerBound, $1.range.upperBound)
    }
    for splice in ordered {
      let range = splice.range.clamped(to: 0..<limit)
      if let whole = group, whole.lowerBound - range.upperBound <= Self.near {
        parts.append(Bytes(self[range.upperBound..<whole.lowerBound]))
        group = range.lowerBound..<whole.upperBound
      } else {
        finishGroup()
        group = range
      }
      parts.append(splice.bytes)
      limit = range.lowerBound
    }
    finishGroup()
    return edited
  }

  private var endsLinesWithCRLF: Bool {
    guard let newline = original.firstIndex(of: .newline), newline > 0 else { return false }
    return original[newline - 1] == UInt8(ascii: "\r")
  }

  /// No bound between a CR and its LF, and no LF without a CR.
  private func inCRLF(_ splices: [Splice]) -> [Splice] {
    let carriageReturn = UInt8(ascii: "\r")
    let text = bytes
    func bound(_ offset: Int) -> Int {
      let isBetween =
        offset > 0 && offset < text.count && text[offset] == .newline && text[offset - 1] == carriageReturn
      return isBetween ? offset - 1 : offset
    }
    return splices.map { splice in
      var bytes = Bytes()
      for byte in splice.bytes {
        if byte == .newline, bytes.last != carriageReturn { bytes.append(carriageReturn) }
        bytes.append(byte)
      }
      return Splice(range: bound(splice.range.lowerBound)..<bound(splice.range.upperBound), bytes: bytes)
    }
  }
}
