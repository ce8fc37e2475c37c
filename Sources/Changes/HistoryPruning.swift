// How long writes are remembered, and the removal of what is too old.

import PostfixFiles
import System

extension History {
  /// How many writes are kept, and for how long; the last ones always are (`fewestWrites`).
  static let mostWrites = 50
  static let longestSeconds: Int64 = 90 * 24 * 3600
  /// The last ones stay however old they are: the clock may be wrong, and one write in a wrong year must not take the rest along.
  static let fewestWrites = 10

  /// Removes what is too old or too much, and what interrupted writes left here.
  func prune(now: Int64, fileSystem: some FileSystem) throws(WriteError) {
    let isLeftOver = { (name: String) in
      name.hasSuffix(".pending") || name.hasSuffix(".dropped") || name.hasPrefix("build-")
    }
    for name in directoryNames(directory) where isLeftOver(name) {
      try fileSystem.removeTree(join(directory, name))
    }
    let kept = numbers()
    for (index, number) in kept.dropLast().enumerated() {
      let isTooMany = kept.count - index > History.mostWrites
      // The time of a record may be any number; of one that is damaged it is not known, and those after it may be too old.
      if !isTooMany {
        if kept.count - index <= History.fewestWrites { break }
        guard let time = try timeOrDamaged(number) else { continue }
        if time >= now - History.longestSeconds { break }
      }
      // Under another name first: an interruption must not leave half of a write that counts.
      let dropped = place(number) + ".dropped"
      try fileSystem.act(.rename(from: Name(place(number)), to: Name(dropped)))
      try fileSystem.removeTree(dropped)
    }
  }

  /// When a write was made; nil where its record is damaged.
  private func timeOrDamaged(_ number: Int) throws(WriteError) -> Int64? {
    do throws(WriteError) {
      return try load(number).time
    } catch .damaged {
      return nil
    }
  }
}
