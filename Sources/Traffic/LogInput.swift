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
  fileprivate static func copy(
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

/// The program that unpacks a file: by its first bytes, and where these say nothing by the end of its name.
private struct Unpacker {
  let program: String

  /// With bounded memory: of what a compressor offers, only `xz --lzma1=dict=1536MiB` and the like need more, and zstd(1) has
  /// such a bound anyhow.
  var arguments: [String] { program == "xz" ? ["-dc", "--memlimit-decompress=256MiB"] : ["-dc"] }

  private init(program: String) { self.program = program }

  init?(_ file: Int32, _ path: String) {
    var start = [UInt8](repeating: 0, count: 6)
    // A pipe has no bytes that can be read twice.
    let count = start.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
    if let known = Self(start: start.prefix(max(0, count))) { self = known } else { self.init(path) }
  }

  /// By the first bytes alone.
  init?(start: ArraySlice<UInt8>) {
    guard let known = Self.firstBytes.first(where: { start.starts(with: $0.bytes) }) else { return nil }
    self.init(program: known.program)
  }

  private static let firstBytes: [(bytes: [UInt8], program: String)] = [
    ([0x1F, 0x8B], "gzip"), ([0x1F, 0x9D], "gzip"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"),
    ([0x28, 0xB5, 0x2F, 0xFD], "zstd"), ([0x42, 0x5A, 0x68], "bzip2"),
  ]

  init?(_ path: String) {
    switch path.split(separator: ".").last {
    case "gz", "Z": program = "gzip"
    case "xz", "lzma": program = "xz"
    case "zst": program = "zstd"
    case "bz2": program = "bzip2"
    default: return nil
    }
  }
}

/// A program whose output is a log.
private struct LogProgram {
  private let name: String
  private let path: String
  private let output: Int32
  private let child: pid_t
  /// The size of the file that it reads; 0 where it reads none.
  private var inputSize = 0

  /// - Parameters:
  ///   - input: what it reads; nil: nothing.
  ///   - path: the log that it prints, for messages.
  init(_ name: String, _ arguments: [String], input: Int32?, path: String) throws(LogError) {
    self.name = name
    self.path = path
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw LogError(path: path, errno: errno) }
    output = ends[0]
    var program = NewProcess([name] + arguments)
    if let input {
      program.input = .descriptor(input)
      var status = stat()
      if fstat(input, &status) == 0 { inputSize = Int(status.st_size) }
    }
    program.output = .descriptor(ends[1])
    defer { close(ends[1]) }
    do throws(Errno) { child = try program.start() } catch {
      close(ends[0])
      throw LogError(path: path, reason: "cannot start \(name), which is needed to read it: \(error)")
    }
  }

  /// Of a line, and of everything where it is a thousand times as long as the packed file: six megabytes can unpack
  /// to a hundred gigabytes, and no real log repeats itself so often.
  private static let longestLine = 64 << 20
  private static let leastLimit = 64 << 20
  private static let largestRatio = 1_000

  /// The same for a program that unpacks a file: fails where that comes to more than any log does.
  func copyUnpacked(_ take: (ArraySlice<UInt8>) -> Bool) throws(LogError) {
    let limit = max(Self.leastLimit, inputSize * Self.largestRatio)
    var total = 0
    var line = 0
    var problem: String?
    try copy { piece in
      total += piece.count
      line = piece.lastIndex(of: .newline).map { piece.endIndex - $0 - 1 } ?? line + piece.count
      if line > Self.longestLine {
        problem = "unpacks to a line of more than \(Self.longestLine >> 20) MiB"
      } else if total > limit {
        problem = "unpacks to more than \(Self.largestRatio) times its size"
      }
      return problem == nil && take(piece)
    }
    if let problem {
      throw LogError(
        path: path, reason: "\(problem), so it is no log; the rest of it is left out", isNoLog: true)
    }
  }

  /// Gives its output to `take` as long as that asks for more, and waits for its end.
  func copy(_ take: (ArraySlice<UInt8>) -> Bool) throws(LogError) {
    defer { close(output) }
    let isComplete: Bool
    do throws(LogError) { isComplete = try LogInput.copy(output, named: path, take) } catch {
      kill(child, SIGTERM)
      _ = wait()
      throw error
    }
    if !isComplete { kill(child, SIGTERM) }
    let status = wait()
    guard !isComplete || status == 0 else {
      throw LogError(path: path, reason: "\(name) failed with status \((status >> 8) & 0xFF)")
    }
  }

  private func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status
  }
}
