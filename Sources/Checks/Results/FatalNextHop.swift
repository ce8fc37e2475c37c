// What Postfix does with a next hop that smtp(8) and lmtp(8) cannot read. Several rules explain it in the same words.

/// The end of the reason of a rule for such a next hop.
enum FatalNextHop {
  static let effect = """
    smtp(8) and lmtp(8) do not defer such a message. They end with an error, master(8) throttles the
    transport for up to 60 seconds, and all other mail of that transport waits.
    """
  /// The same, for a mistake that is possible in any item of a list.
  static let effectInList = """
    \(effect)
    For later items of a list this happens only after the earlier items have failed.
    """
}
