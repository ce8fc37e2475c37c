// Every rule, in the order of the codes. A new rule is a file under Rules/ and a line here.

extension Rule {
  public static let all: [Rule] = [
    .rm107, .rm108, .rm109, .rm114, .rm115,
    .rm201, .rm202, .rm203, .rm204, .rm216,
    .rm501, .rm502, .rm503, .rm504, .rm509, .rm512,
  ]

  /// The rule with this code.
  public static func named(_ code: String) -> Rule? { all.first { $0.code == code } }
}
