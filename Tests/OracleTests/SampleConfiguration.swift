// Configurations that nobody would write and Postfix takes all the same: every table type and every setting that
// decides where mail goes, in random combinations.

/// One configuration directory, as texts.
struct SampleConfiguration {
  var settings: [(name: String, value: String)] = []
  /// What trivial-rewrite(8) is given with `-o` in master.cf.
  var overrides: [(name: String, value: String)] = []
  /// By their names in the directory.
  var files: [String: String] = [:]
  /// Those of them that postmap(1) makes an index of: type and name.
  var indexed: [(type: String, file: String)] = []
  /// The rows of its pool database, in words; nil where it has none.
  var rows: String?
  /// Whether the resolver lists every order of the members of every pool: of many it lists only who comes first.
  var listsOrders = true

  var mainCf: String { settings.map { "\($0.name) = \($0.value)\n" }.joined() }

  var masterCf: String {
    "rewrite unix - - n - - trivial-rewrite\n"
      + overrides.map { "  -o { \($0.name) = \($0.value) }\n" }.joined()
  }

  /// For the report of a disagreement.
  var description: String {
    mainCf + overrides.map { "-o \($0.name)=\($0.value)\n" }.joined()
      + files.sorted { $0.key < $1.key }.map { "--- \($0.key)\n\($0.value)" }.joined() + (rows ?? "")
  }
}

/// The names that configurations and questions share, so that they meet.
enum Names {
  static let domains = [
    "own.test", "a.test", "sub.a.test", "deep.sub.a.test", "b.test", "rel.test", "sub.rel.test", "virt.test",
    "alias.test", "lab.randmap.test", "other.example", "UPPER.Test", "bücher.test", "STRASSE.test", "single",
  ]
  static let users = [
    "user", "user+ext", "User", "first.last", "owner-x+y", "postmaster+x", "a b", "x-request", "user-a+b",
    "a\"b", "a\\b", "üser", "owner-list", "a.b-c+d",
  ]
  static let gateways = ["[gw1.test]", "[gw2.test]:2525", "gw3.test", "[192.0.2.1]", "[ipv6:2001:db8::1]:26"]
  static let delimiters = ["", "", "+", "+-", "-", "-+", "+.", "."]

  static func address(_ dice: inout Dice) -> String { dice.pick(users) + "@" + dice.pick(domains) }

  /// A recipient, most of them ordinary.
  static func recipient(_ dice: inout Dice) -> String {
    let user = dice.pick(users)
    let domain = dice.pick(domains)
    switch dice.number(1...28) {
    case 25: return routed(&dice, depth: 0)
    case 26:
      return
        "\(user)@\(dice.pick(["[IPv6:::1]", "[IPv6:2001:db8::1]", "[127.0.0.1", "127.0.0.1]", "[]", "::1"]))"
    case 27: return routed(&dice, depth: 1) + "@\(domain)"
    case 28: return "\"\(routed(&dice, depth: 1))\"@\(dice.pick(["own.test", domain]))"
    case 1: return user
    case 2: return "\(user)%\(domain)@own.test"
    case 3: return "\(domain)!\(user)@own.test"
    case 4: return "\(user)@\(dice.pick(["[127.0.0.1]", "[192.0.2.9]", "[IPv6:::1]", "192.0.2.9", "[x]"]))"
    case 5:
      return dice.pick([
        "", "@a.test", "user@", "user@own.test.", "u@a.test..", "-x@a.test", "@", "x%@own.test",
      ])
    case 6: return "\(user)@\(domain)@own.test"
    case 7:
      return dice.pick([
        "a!b!c@own.test", "a%b%c@own.test", "a!b%c@own.test", "u@-a.test", "u@a_b.test", "u@*",
      ])
    default: return "\(user)@\(domain)"
    }
  }

  /// An address with several of `%`, `!`, `@` and `:`.
  private static func routed(_ dice: inout Dice, depth: Int) -> String {
    var text = dice.pick(["user", "a.b", "x y", "", "a\"b", "[x]", "(c)"])
    for _ in 0..<dice.number(1...4) {
      let domain = dice.pick([
        "own.test", "own.test", "a.test", "single", "lab.randmap.test", "x.", "", "[127.0.0.1]",
      ])
      switch dice.number(1...6) {
      case 1, 2: text += "%" + domain
      case 3: text = domain + "!" + text
      case 4: text += "@" + domain
      case 5: text = "@" + domain + ":" + text
      default: text += dice.pick([".", "+ext", "@", "%", "!", ",", ";"])
      }
    }
    return depth == 0 ? text + "@own.test" : text
  }

  static func sender(_ dice: inout Dice) -> String { dice.once(in: 5) ? "" : address(&dice) }
}
