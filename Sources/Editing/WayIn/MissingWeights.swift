// A weight that a person seems to have forgotten: beside 70, the 1 of a gateway without one is hardly meant.

import PostfixFiles
import Routing
import System

extension PoolWish {
  /// What the members come to that name no weight, or a number beside percentages; safe to show.
  ///
  /// - Parameter texts: the members as they were written.
  package static func notesOnWeights(of texts: [String]) -> [String] {
    let members = texts.compactMap { text in
      (try? WantedMember(text)).map { (member: $0, isWeighted: text.contains("=")) }
    }
    guard members.count > 1, let choice = WeightChoice(ofAnyPool: members.map(\.member.weight)) else {
      return []
    }
    let numbers = members.compactMap { member, isWeighted in
      if isWeighted, case .number(let number) = member.weight { number } else { nil }
    }
    let bare = members.indices.filter { !members[$0].isWeighted }
    let shares = members.filter { if case .share = $0.member.weight { true } else { false } }.count
    let notes: [String]
    if shares == 0 {
      guard !bare.isEmpty, let least = numbers.min(), least > 10 else { return [] }
      let rest = 100 - numbers.reduce(0, +)
      notes = bare.map { index in
        let advice =
          bare.count == 1 && rest > 0 ? "; with =\(rest) all weights come to 100" : "; need =WEIGHT after it"
        return
          "\(members[index].member.description) has no weight, so it counts as 1 and gets \(percent(choice.share(index)))\(advice)"
      }
    } else {
      // One alone has the rest, whatever its number says; several share it by their numbers.
      guard numbers.count == 1, bare.isEmpty,
        let index = members.indices.first(where: {
          if case .number = members[$0].member.weight { true } else { false }
        })
      else { return [] }
      notes = [
        "\(texts[index]) is a number beside percentages: it gets the rest, which is \(percent(choice.share(index)))"
      ]
    }
    return notes.map { printable($0) }
  }
}
