// Reading a file whole, with one clear answer for everything that is not a readable regular file.

import System

#if canImport(Glibc)
  import CLinux
  import Glibc
#endif

/// Why a file cannot be read.
package struct FileError: Error, Hashable, Sendable {
  package let path: String
  /// What is wrong and what is needed, without the path.
  package let reason: String
  package let kind: Kind

  package enum Kind: Hashable, Sendable {
    /// There is nothing at the path.
    case missing
    /// We may not look.
    case denied
    case directory
    /// A FIFO, a device, a file of the kernel's: Postfix would read it, we do not.
    case special
    /// A file of the machine that we run on, and the configuration is another's.
    case elsewhere
    case other
  }

  package init(path: String, reason: String, _ kind: Kind = .other) {
    self.path = path
    self.reason = reason
    self.kind = kind
  }

  package var isMissing: Bool { kind == .missing }
  package var isDenied: Bool { kind == .denied }

  /// As Postfix says it: `open PATH: No such file or directory`.
  package var message: String { "open \(printable(path)): \(reason)" }
}

package enum FileReader {
  /// No document is larger: its logical lines keep 32-bit offsets.
  package static let maximumSize = Int(UInt32.max) - 1
  private static let largestSettings = 100_000

  /// The bytes of the regular file at `path`. A FIFO or a device is not waited for, it is refused; so is a file of /proc,
  /// /sys and their like, of which none is even opened: to open one, or to read it, may do something (/proc/kmsg).
  package static func read(_ path: String) throws(FileError) -> Bytes {
    try read(path, limit: maximumSize)
  }

  /// The same of settings or a theme: a large file is no theme, and to understand it would take minutes.
  package static func readSettings(_ path: String) throws(FileError) -> Bytes {
    try read(path, limit: largestSettings)
  }

  private static func read(_ path: String, limit: Int) throws(FileError) -> Bytes {
    func failure(_ code: Int32) -> FileError {
      let kind: FileError.Kind =
        switch code {
        case ENOENT, ENOTDIR: .missing
        case EACCES, EPERM: .denied
        default: .other
        }
      return FileError(path: path, reason: Errno(rawValue: code).description, kind)
    }
    func kernels() -> FileError {
      FileError(path: path, reason: "is a file of the kernel's; need a file on a disk", .special)
    }
    guard !KernelFiles.have(path) else { throw kernels() }
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { throw failure(errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure(errno) }
    guard !KernelFiles.have(descriptor: file) else { throw kernels() }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isDirectory = status.st_mode & S_IFMT == S_IFDIR
      throw FileError(
        path: path, reason: "is \(kind(status.st_mode)); need a regular file",
        isDirectory ? .directory : .special)
    }
    guard status.st_size <= limit else {
      let size = limit == maximumSize ? "4 GiB" : "\(limit) bytes"
      throw FileError(path: path, reason: "is larger than \(size); need a smaller file")
    }
    return try contents(of: file, expecting: Int(status.st_size), orThrow: failure)
  }

  /// Everything that standard input gives.
  package static func readStandardInput() throws(FileError) -> Bytes {
    try contents(of: 0, expecting: 65_536) {
      FileError(path: "-", reason: Errno(rawValue: $0).description)
    }
  }

  /// Whether this user may read the file at `path`.
  package static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

  package static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Where `path` really leads, symbolic links followed to the end; nil, with errno, where that is nothing.
  package static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The last part of a path.
  package static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The directory part of a path; `.` where there is none.
  package static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Whether there is a local socket at `path`.
  package static func isSocket(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  /// Reads to the end, so that a file that grows meanwhile is read to what it was at some moment.
  private static func contents(
    of file: Int32, expecting size: Int, orThrow failure: (Int32) -> FileError
  ) throws(FileError) -> Bytes {
    var bytes = Bytes()
    var wanted = size + 1
    while true {
      var error: Int32 = 0
      var got = 0
      let chunk = Bytes(unsafeUninitializedCapacity: wanted) { buffer, count in
        UnsafeRawBufferPointer(buffer).preferLargePages()
        got = Glibc.read(file, buffer.baseAddress, buffer.count)
        error = errno
        count = max(0, got)
      }
      if got < 0 {
        if error == EINTR { continue }
        throw failure(error)
      }
      if got == 0 { return bytes }
      if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
      guard bytes.count <= maximumSize else { throw failure(EFBIG) }
      wanted = max(size + 1 - bytes.count, 65_536)
    }
  }

  private static func kind(_ mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFDIR: "a directory"
    case S_IFIFO: "a FIFO"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "no regular file"
    }
  }
}
