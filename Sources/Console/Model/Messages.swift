// What the console is told by other threads, and what it asks for.

import Changes
import Checks
import Liveness
import PostfixFiles
import Routing

/// What another thread has to say.
public enum Message: Sendable {
  /// The tables and pool files are in.
  case filesRead(MailConfig)
  /// The first half of the answer to a survey: the gateways that the configuration names.
  case gateways([GatewayUse])
  /// The second half: what the rules find.
  case diagnostics([Diagnostic])
  case status(GatewayStatus)
  case written(WriteOutcome)
}

/// What is to be written.
public struct WriteRequest: Sendable {
  public let set: ChangeSet
  /// Whether `postfix reload` is to follow.
  public let reload: Bool
}

/// What came of a write.
public enum WriteOutcome: Sendable {
  /// Written: the configuration as it stands on disk now, and what a person should know of the write.
  case written(MailConfig, note: String)
  /// Nothing was written, because these files are not what they were when they were read; the configuration as it
  /// stands on disk now.
  case conflict(MailConfig, files: [String])
  /// Nothing was written, and why.
  case failed(String)
}

/// What the console wants done.
public enum Effect: Sendable {
  case quit(Int32)
  case readFiles(MailConfig)
  /// Find out what takes long: the gateways, then the problems. Asked for after every edit.
  case survey(MailConfig, GatewayStates)
  case watch([Target])
  /// Probe this gateway now; nil: all of them.
  case probe(Gateway?)
  case write(WriteRequest)
}
