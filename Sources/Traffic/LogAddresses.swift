// Where the addresses of a delivery end and its fields begin. Postfix 3.5 and later write addresses with quotes where they
// need them, so that a `>` in one is known as such. With `info_log_address_format = internal`, and before 3.5, an address
// is written as it is: whoever sends the mail may then put all the fields of a delivery into it.

/// The addresses of a delivery.
struct LogAddresses {
  let recipient: Range<Int>
  /// What the recipient was before a rewrite, where it was another one.
  let original: Range<Int>?
  /// Where `, relay=` starts.
  let end: Int

  private static let originalStart: StaticString = ">, orig_to=<"
  private static let fieldsStart: StaticString = ">, relay="

  /// Reads addresses that have quotes where they need them; nil where others are there.
  ///
  /// - Parameter range: what follows `to=<`.
  init?(quoted bytes: Span<UInt8>, _ range: Range<Int>) {
    guard let first = Self.quotedEnd(bytes, range) else { return nil }
    recipient = range.lowerBound..<first
    var end = first
    if bytes.starts(with: Self.originalStart, in: first..<range.upperBound) {
      let start = first + Self.originalStart.utf8CodeUnitCount
      guard let second = Self.quotedEnd(bytes, start..<range.upperBound) else { return nil }
      original = start..<second
      end = second
    } else {
      original = nil
    }
    guard bytes.starts(with: Self.fieldsStart, in: end..<range.upperBound) else { return nil }
    self.end = end + 1
  }

  /// What a line says whose addresses may hold anything.
  enum Reading {
    case addresses(LogAddresses)
    /// An address or the words of a server look like fields, or the end of the line may be cut off: whichever was taken,
    /// somebody could choose it.
    case unclear
    case none
  }

  /// Syslog daemons cut lines at 1,024 bytes or later, the start of the line included. Of a longer line the fields may be
  /// gone, and those in an address left.
  private static let longest = 900

  static func read(unquoted bytes: Span<UInt8>, _ range: Range<Int>) -> Reading {
    var found: Int?
    var at = range.lowerBound
    var fields = Fields()
    while let next = bytes.position(of: fieldsStart, in: at..<range.upperBound) {
      at = next + 1
      guard fields.areThere(bytes, at..<range.upperBound) else { continue }
      if found != nil || range.count > longest { return .unclear }
      found = next
    }
    guard let end = found else { return .none }
    guard let middle = bytes.position(of: originalStart, in: range.lowerBound..<end + 1) else {
      return .addresses(LogAddresses(recipient: range.lowerBound..<end, original: nil, end: end + 1))
    }
    return .addresses(
      LogAddresses(
        recipient: range.lowerBound..<middle, original: middle + originalStart.utf8CodeUnitCount..<end,
        end: end + 1))
  }

  /// Where the fields of a delivery may start in a line, from the first such place to the last.
  private struct Fields {
    /// Up to where the last walk over the fields went, and what it found. One that starts before that end goes over the same
    /// fields, so it is not done again for each of many starts.
    private var lastEnd = 0
    private var wasThere = false

    /// Whether all fields of a delivery are there, one after the other. What smtp(8) writes always is so.
    mutating func areThere(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
      var at = range.lowerBound + 1
      if at <= lastEnd { return wasThere }
      (lastEnd, wasThere) = (range.upperBound, false)
      while let comma = bytes.position(of: UInt8(ascii: ","), in: at..<range.upperBound) {
        let start = comma + 2
        guard bytes.starts(with: ", ", in: comma..<range.upperBound),
          let equals = bytes.position(of: UInt8(ascii: "="), in: start..<min(start + 24, range.upperBound)),
          Self.isKey(bytes, start..<equals)
        else {
          lastEnd = comma
          return false
        }
        if bytes.equals("status", in: start..<equals) {
          (lastEnd, wasThere) = (comma, true)
          return true
        }
        at = equals
      }
      return false
    }

    private static func isKey(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
      for index in range where bytes[index] != UInt8(ascii: "_") && !(0x61...0x7A).contains(bytes[index]) {
        return false
      }
      return true
    }
  }

  private init(recipient: Range<Int>, original: Range<Int>?, end: Int) {
    (self.recipient, self.original, self.end) = (recipient, original, end)
  }

  /// Where the `>` after an address is. A part in quotes may hold anything, a `>` included.
  private static func quotedEnd(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var at = range.lowerBound
    if at < range.upperBound, bytes[at] == UInt8(ascii: "\"") {
      at += 1
      while at < range.upperBound, bytes[at] != UInt8(ascii: "\"") {
        at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
      }
      guard at < range.upperBound else { return nil }
    }
    return bytes.position(of: UInt8(ascii: ">"), in: at..<range.upperBound)
  }
}
