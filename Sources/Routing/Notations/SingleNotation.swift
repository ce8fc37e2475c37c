// One destination where a pool could be: a pool of one.

import PostfixFiles

package struct SingleNotation: PoolNotation {
  package let name = "single"
  package let words = "one destination"
}

extension PoolText {
  /// A value with one destination, as a pool of one.
  init(single value: SourcedText) {
    self.init(notation: .single, text: value, items: value.isEmpty ? [] : [0..<value.count])
  }
}
