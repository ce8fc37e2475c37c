// Shares and durations as people read them, the same in every report and on every screen.

/// A fraction of 1 as people read it: `33.3%`.
package func percent(_ fraction: Double) -> String {
  let tenths = Int((fraction * 1000).rounded())
  return "\(tenths / 10).\(tenths % 10)%"
}

/// How long something has lasted, in the largest unit that says it.
package func words(for duration: Duration) -> String {
  let seconds = duration.components.seconds
  if seconds < 60 { return "<1 min" }
  if seconds < 3600 { return "\(seconds / 60) min" }
  return seconds < 172_800 ? "\(seconds / 3600) h" : "\(seconds / 86_400) d"
}

/// Milliseconds as people read them: whole ones, or seconds from ten on.
package func words(forMilliseconds value: Double) -> String {
  if value < 1 { return "<1" }
  return value < 10_000 ? "\(Int(value.rounded()))" : "\(Int((value / 1000).rounded()))s"
}
