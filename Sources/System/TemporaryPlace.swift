// Where temporary directories are made.

/// TMPDIR, or /tmp where another user can put names on the way to it: a call by sudo or cron may inherit that user's TMPDIR.
package func temporaryPlace(_ wanted: String? = environmentVariable("TMPDIR")) -> String {
  guard let place = wanted, place.hasPrefix("/"),
    // What is made has a directory of its own there.
    foreignPlace(onTheWayTo: "\(place)/own/file") == nil
  else { return "/tmp" }
  return place
}
