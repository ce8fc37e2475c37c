// Asking a running agent what it knows, so that a command need not probe.

import CLinux
import Gateways
import Glibc
import PostfixFiles
import Routing
import System

/// The report of this configuration's agent; nil without an answer within a second.
package func reportOfRunningAgent(_ config: MailConfig) -> AgentReport? {
  guard let file = connectionToAgent(of: config) else { return nil }
  defer { close(file) }
  guard let answer = AgentSocket.ask(file, "GET /report HTTP/1.0\r\n\r\n")?.text,
    answer.hasPrefix("HTTP/1.0 200 "), let body = answer.firstRange(of: "\r\n\r\n")
  else { return nil }
  return AgentReport(text: String(answer[body.upperBound...]))
}

/// Waits until the report of this configuration's agent is another one than now, or the agent has ended, or does not answer at
/// all: then it is time to ask for the report.
///
/// - Parameter ending: a descriptor that can be read from when the wait is no longer wanted.
/// - Returns: false when the wait was not wanted any more.
package func waitForChange(ofAgentOf config: MailConfig, until ending: Int32) -> Bool {
  guard let file = connectionToAgent(of: config) else { return true }
  defer { close(file) }
  let question = Bytes("GET /changes HTTP/1.0\r\n\r\n".utf8)
  let sent = question.withUnsafeBytes { send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  guard sent == question.count else { return true }
  var sources = [file, ending].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  while poll(&sources, 2, -1) < 0, errno == EINTR {}
  return sources[1].revents == 0
}

/// A connection to the agent of a configuration; nil where there is none.
///
/// The directory says where it would be, and may have come from anybody. So a link is not followed, and only root, the caller
/// and the owner of the mail are believed.
private func connectionToAgent(of config: MailConfig) -> Int32? {
  let path = "\(config.parameters.text("queue_directory"))/private/randmap-status"
  guard config.queueOwner == nil, FileReader.isSocket(path),
    case .success(let file) = LocalSocket.connect(to: path)
  else { return nil }
  var user: uid_t = 0
  // Who may have written main.cf could name himself there.
  let owner =
    config.foreignAuthor == nil ? (try? MailOwner(config.parameters.text("mail_owner")))?.user : nil
  if randmap_peer(file, &user) == 0, [0, geteuid(), owner].contains(user) { return file }
  close(file)
  return nil
}
