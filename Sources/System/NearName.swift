// Which of the names that there are somebody meant by one that there is not.

package enum NearName {
  /// The nearest of `names`, by letters; nil where none is near.
  package static func of(_ name: String, in names: [String]) -> String? {
    let bytes = Array(name.lowercased().utf8)
    let near = names.compactMap { known -> (name: String, distance: Int)? in
      let limit = known.utf8.count > 3 ? 2 : 1
      guard abs(known.utf8.count - bytes.count) <= limit else { return nil }
      let distance = distance(bytes, Array(known.utf8))
      return distance <= limit ? (known, distance) : nil
    }
    return near.min { $0.distance < $1.distance }?.name
  }

  /// How many letters must be added, removed, replaced or swapped with their neighbour to change one name into the other.
  package static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var (before, row) = ([Int](), Array(0...right.count))
    for (i, byte) in left.enumerated() {
      var next = [i + 1]
      for (j, other) in right.enumerated() {
        var least = min(row[j + 1] + 1, next[j] + 1, row[j] + (byte == other ? 0 : 1))
        if i > 0, j > 0, byte == right[j - 1], left[i - 1] == other { least = min(least, before[j - 1] + 1) }
        next.append(least)
      }
      (before, row) = (row, next)
    }
    return row[right.count]
  }
}
