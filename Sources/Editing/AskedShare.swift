// A share that was asked for beside what came of it: with as many digits as tell the two apart.

import Routing
import System

/// What an answer calls the share that an edit came to.
///
/// - Parameter asked: what a person wanted; 89.9% that came to 89.92% is no "asked for 89.9%, got 89.9%".
package func percent(_ share: Double, apartFrom asked: Double) -> String {
  let usual = percent(share)
  // What differs less than this is the same share, computed in two ways.
  guard abs(share - asked) > 1e-9, usual == percent(asked) || usual == Ramp.percent(asked) else {
    return usual
  }
  var scale = 100.0
  for digits in 2...6 {
    let (own, other) = ((share * 100 * scale).rounded(), (asked * 100 * scale).rounded())
    if own != other { return decimal(Int(own), digits) + "%" }
    scale *= 10
  }
  return usual
}

/// `9992` with two digits after the point is `99.92`.
private func decimal(_ number: Int, _ digits: Int) -> String {
  let text = "\(number)"
  let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
  return "\(padded.dropLast(digits)).\(padded.suffix(digits))"
}
