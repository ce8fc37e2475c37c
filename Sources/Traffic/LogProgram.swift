// Programs whose output is a log: those that unpack a file, and journalctl(1).

import CLinux
import Glibc
import PostfixFiles
import System

/// The program that unpacks a file: by its first bytes, and where these say nothing by the end of its name.
struct Unpacker {
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
struct LogProgram {
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
