// The listing of Postfix's queue, as `postqueue -j` prints it: one JSON object a line. It may have a million of them, so
// it is given on as it comes.

extension PostfixCommands {
  /// Gives the listing of the queue of the Postfix that runs by `configDirectory` to `take`, piece by piece.
  package func listQueue(
    configDirectory: String, limit: Duration = .seconds(60), take: (ArraySlice<UInt8>) -> Void
  ) throws(ToolError) {
    guard let own = ownPath(of: configDirectory) else { throw .notOwn(.postqueue, configDirectory) }
    let output = try run(.postqueue, ["-c", own, "-j"], limit: limit, take: take)
    guard output.status == 0 else {
      throw .failed(.postqueue, status: output.status, words: output.complaint)
    }
  }
}
