// Every rule, in the order of the codes. A new rule is a file under Rules/ and a line here.

extension Rule {
  package static let all: [Rule] = [
    .rm101, .rm102, .rm103, .rm104, .rm105, .rm106, .rm107, .rm108, .rm109, .rm110, .rm111, .rm112,
    .rm113, .rm114, .rm115, .rm116, .rm117, .rm118, .rm119, .rm120, .rm121, .rm122, .rm123, .rm124, .rm125,
    .rm128, .rm129, .rm140, .rm141, .rm142, .rm143, .rm144,
    .rm201, .rm202, .rm203, .rm204, .rm205, .rm206, .rm207, .rm208, .rm209, .rm210, .rm211, .rm212,
    .rm213, .rm214, .rm215, .rm216, .rm217, .rm218, .rm219, .rm221, .rm222, .rm223, .rm224, .rm225,
    .rm226, .rm227, .rm228, .rm229, .rm230,
    .rm301, .rm302, .rm303, .rm304, .rm305, .rm306, .rm307, .rm308, .rm309, .rm310, .rm313, .rm314, .rm315,
    .rm316, .rm317, .rm318, .rm319, .rm320, .rm321, .rm322, .rm323, .rm324, .rm325,
    .rm326, .rm327, .rm328, .rm329, .rm330, .rm331, .rm332, .rm333, .rm334, .rm335, .rm336,
    .rm402, .rm403, .rm404, .rm405, .rm406, .rm407, .rm408, .rm409, .rm410, .rm411, .rm412, .rm413, .rm414,
    .rm415, .rm416,
    .rm501, .rm502, .rm503, .rm504, .rm505, .rm506, .rm507, .rm508, .rm509, .rm510, .rm511, .rm512, .rm513,
    .rm514,
    .rm515, .rm516, .rm517, .rm518, .rm519, .rm520, .rm521,
    .rm601, .rm602, .rm603, .rm604, .rm605, .rm606, .rm607, .rm608, .rm609, .rm610, .rm620, .rm621, .rm622,
    .rm623,
    .rm630, .rm631,
    .rm701, .rm702, .rm703, .rm704, .rm705, .rm706, .rm707, .rm708, .rm709, .rm710, .rm711, .rm712, .rm713,
    .rm801, .rm802, .rm804, .rm805, .rm806, .rm810, .rm820, .rm821,
    .rm901, .rm902, .rm903, .rm904, .rm905, .rm906, .rm907, .rm908, .rm909, .rm910, .rm911, .rm912,
  ]

  /// The rule with this code.
  package static func named(_ code: String) -> Rule? { all.first { $0.code == code } }
}
