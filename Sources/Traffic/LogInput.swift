// Reading a log from its start to its end: a file, what a program unpacks, what journalctl(1) prints, standard input.
// Piece by piece, so that a log of any size takes the same memory.

import CLinux
import Glibc
import PostfixFiles
import System

/// Where a log comes from.
package enum LogInput: Hashable, Sendable {
  case file(String)
  case standardInput
  /// The journal of this machine, from a time in seconds since 1970 or from a cursor on.
  case journal(since: Int?, cursor: String?)

  /// As the report names it.
  package var name: String {
    switch self {
    case .file(let path): path
    case .standardInput: "-"
    case .journal: "journal"
    }
  }

  /// Small enough to stay in the caches of a processor until it is read.
  static let pieceSize = 65_536

  /// Gives all of it to `tally`.
  package func read(into tally: inout Tally) throws(LogError) {
    switch self {
    case .standardInput:
      tally.begin(latest: time(nil))
      if let unpacker = Unpacker(0, "-") {
        try LogProgram(unpacker.program, unpacker.arguments, input: 0, path: "-").copyUnpacked {
          tally.feed($0.span)
          return true
        }
        break
      }
      var packer: Unpacker?
      var isFirst = true
      try Self.copy(0, named: "-") { piece in
        if isFirst { packer = Unpacker(start: piece) }
        isFirst = false
        guard packer == nil else { return false }
        tally.feed(piece.span)
        return true
      }
      if let packer {
        throw LogError(
          path: "-",
          reason:
            "standard input is packed; need `\(packer.program) -dc | randmap report -`, or the file's name")
      }
    case .file(let path):
      var status = stat()
      let isFile = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      tally.begin(
        latest: isFile ? Int(status.st_mtim.tv_sec) : time(nil),
        turns: isFile ? YearTurns(of: path) : YearTurns())
      do throws(LogError) {
        try Self.pieces(of: path) { piece in
          tally.feed(piece.span)
          return true
        }
      } catch {
        guard error.isNoLog else { throw error }
        tally.leftOut.append(error)
      }
    case .journal(let since, let cursor):
      tally.begin(latest: time(nil))
      // What journald says itself tells of lines that it lost.
      var call = Self.journalCall + ["SYSLOG_FACILITY=2", "+", "_TRANSPORT=driver"]
      if let cursor, !cursor.isEmpty {
        call.append("--after-cursor=\(cursor)")
      } else if let since {
        call.append("--since=@\(since)")
      }
      try LogProgram("journalctl", call, input: nil, path: "journal").copy {
        tally.feed($0.span)
        return true
      }
    }
    tally.finish()
  }

  private static let journalCall = [
    "-o", "json", "--no-pager", "--quiet",
    "--output-fields=MESSAGE,SYSLOG_IDENTIFIER,SYSLOG_PID,_PID,_HOSTNAME",
  ]

  /// The time of the first line, of any program. Nil where no line has a time, and for an input that can be read only once.
  package var beginning: Int? {
    var tally = Tally(Channels([]), latest: time(nil))
    func take(_ piece: ArraySlice<UInt8>) -> Bool {
      tally.feed(piece.span)
      return tally.reach == nil
    }
    switch self {
    case .standardInput: return nil
    case .file(let path):
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      tally.begin(latest: Int(status.st_mtim.tv_sec), turns: YearTurns(of: path))
      try? Self.pieces(of: path, take)
    case .journal:
      try? LogProgram("journalctl", Self.journalCall, input: nil, path: "journal").copy(take)
    }
    tally.finish()
    return tally.reach
  }

  /// Opens a file to read it. One of the kernel's is not opened: that may do something already.
  static func open(_ path: String, _ flags: Int32 = 0) throws(LogError) -> Int32 {
    guard !KernelFiles.have(path) else {
      throw LogError(path: path, reason: "is a file of the kernel's; need a log on a disk")
    }
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags)
    guard file >= 0 else { throw LogError(path: path, errno: errno) }
    return file
  }

  /// Whether a program has to unpack a file.
  package static func isPacked(_ path: String) -> Bool {
    guard let file = try? open(path, O_NONBLOCK) else { return Unpacker(path) != nil }
    defer { close(file) }
    return Unpacker(file, path) != nil
  }

  /// The contents of a file, unpacked where it is packed, as long as `take` asks for more.
  static func pieces(of path: String, _ take: (ArraySlice<UInt8>) -> Bool) throws(LogError) {
    let file = try open(path)
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw LogError(path: path, errno: errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw LogError(path: path, reason: "is a directory; need a file")
    }
    if let unpacker = Unpacker(file, path) {
      try LogProgram(unpacker.program, unpacker.arguments, input: file, path: path).copyUnpacked(take)
    } else {
      try copy(file, named: path, take)
    }
  }

  /// Everything that a descriptor gives, as long as `take` asks for more; whether it came to the end.
  @discardableResult
  static func copy(
    _ file: Int32, named path: String, _ take: (ArraySlice<UInt8>) -> Bool
  ) throws(LogError) -> Bool {
    var buffer = [UInt8](repeating: 0, count: pieceSize)
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
      if count == 0 { return true }
      if count < 0 {
        if errno == EINTR { continue }
        throw LogError(path: path, errno: errno)
      }
      if !take(buffer[..<count]) { return false }
    }
  }
}
