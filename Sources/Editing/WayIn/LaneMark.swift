// The comment in front of a lane that randmap has written: `# randmap: lane 192.0.2.1 out1.here.example like=submission`. It says what
// the service would be without a person's hand, and so whether it may go with its last place.

struct LaneMark {
  let address: String
  /// The name of the address, where the DNS had one when the lane was written.
  let greeting: String?
  /// The transport whose options the lane has.
  let model: String

  private static let start = "# randmap: lane "
  /// The one that needs no word.
  static let usual = "smtp"

  init(address: String, greeting: String?, model: String) {
    (self.address, self.greeting, self.model) = (address, greeting, model)
  }

  /// Nil where a line is none.
  init?(_ line: String) {
    guard line.hasPrefix(Self.start) else { return nil }
    let words = line.dropFirst(Self.start.count).split(whereSeparator: \.isWhitespace)
    address = words.first.map(String.init) ?? ""
    let like = words.dropFirst().first { $0.hasPrefix("like=") }
    model = like.map { String($0.dropFirst("like=".count)) } ?? Self.usual
    greeting = words.dropFirst().first { $0 != like }.map(String.init)
  }

  var text: String {
    let words = [address, greeting, model == Self.usual ? nil : "like=\(model)"]
    return Self.start + words.compactMap(\.self).joined(separator: " ")
  }
}
