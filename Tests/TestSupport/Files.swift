// Reading and writing the small files of a test.
import Glibc

/// The bytes of a file.
package func readFile(_ path: String) throws(TestFailure) -> [UInt8] {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw .system("open \(path)") }
  defer { close(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(file, &chunk, chunk.count)
    guard count >= 0 else { throw .system("read \(path)") }
    if count == 0 { return bytes }
    bytes += chunk[..<count]
  }
}

/// The text of a file; bytes that are not UTF-8 come as U+FFFD.
package func readText(_ path: String) throws(TestFailure) -> String {
  String(decoding: try readFile(path), as: UTF8.self)
}

/// Writes a file anew.
///
/// - Parameter mode: The permission bits, whatever the umask.
package func writeFile(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws(TestFailure) {
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
  guard file >= 0 else { throw .system("open \(path)") }
  defer { close(file) }
  guard fchmod(file, mode) == 0 else { throw .system("chmod \(path)") }
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    guard count > 0 else { throw .system("write \(path)") }
    rest = rest.dropFirst(count)
  }
}

/// Writes a text file anew, as UTF-8.
package func writeFile(_ path: String, _ text: String, mode: mode_t = 0o644) throws(TestFailure) {
  try writeFile(path, Array(text.utf8), mode: mode)
}

/// The names in a directory, sorted, without `.` and `..`.
package func namesIn(_ directory: String) throws(TestFailure) -> [String] {
  guard let stream = opendir(directory) else { throw .system("open directory \(directory)") }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Copies a directory of plain files and directories.
package func copyDirectory(_ source: String, to target: String) throws(TestFailure) {
  guard mkdir(target, 0o755) == 0 || errno == EEXIST else { throw .system("mkdir \(target)") }
  for name in try namesIn(source) {
    let from = source + "/" + name
    var status = stat()
    guard stat(from, &status) == 0 else { throw .system("stat \(from)") }
    if status.st_mode & S_IFMT == S_IFDIR {
      try copyDirectory(from, to: target + "/" + name)
    } else {
      try writeFile(target + "/" + name, try readFile(from), mode: status.st_mode & 0o7777)
    }
  }
}

/// Sets the time of a file's last change to `seconds` ago.
package func age(_ path: String, seconds: Int) throws(TestFailure) {
  let then = timeval(tv_sec: time(nil) - seconds, tv_usec: 0)
  guard utimes(path, [then, then]) == 0 else { throw .system("set the time of \(path)") }
}

/// The text in a buffer that C code has filled, up to its NUL.
func text(of buffer: [CChar]) -> String {
  String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// The bytes of memory that this process has in use.
package func residentMemory() throws(TestFailure) -> Int {
  let pages = try readText("/proc/self/statm").split(separator: " ").dropFirst().first.flatMap { Int($0) }
  guard let pages else { throw TestFailure("/proc/self/statm has no second number") }
  return pages * sysconf(Int32(_SC_PAGESIZE))
}
