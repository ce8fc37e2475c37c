// The master(8) of a queue directory, as the kernel knows it: whether it runs, and which configuration it was started with.

#if canImport(Glibc)
  import Glibc
#endif

/// The living process that `pid/master.pid` in a queue directory names. Anybody may have written that file, so what it says
/// counts no more than who the process is.
package struct RunningMaster {
  private let pid: pid_t

  /// Nil where no process of that number is alive.
  package init?(ofQueue queue: String) {
    guard let bytes = try? FileReader.read("\(queue)/pid/master.pid"), bytes.count <= 64,
      let pid = pid_t(bytes.text.filter { !$0.isWhitespace }), pid > 0,
      kill(pid, 0) == 0 || errno == EPERM
    else { return nil }
    self.pid = pid
  }

  /// The real path of the directory that it was started with, by `-c` or by MAIL_CONFIG, which postfix(1) always sets. Nil
  /// where it does not say so, or where we may not see it: the environment is shown to its own user and to root.
  package var directory: String? {
    let arguments = words("cmdline")
    let named = arguments.firstIndex(of: "-c").map { arguments.dropFirst($0 + 1).first ?? "" }
    let inherited = words("environ").first { $0.hasPrefix("MAIL_CONFIG=") }
      .map { String($0.dropFirst("MAIL_CONFIG=".count)) }
    guard let path = named ?? inherited, path.hasPrefix("/") else { return nil }
    return FileReader.realPath(path)
  }

  /// Whether it is a program of that name that runs wholly as root. A set-user-ID program that another user calls keeps that
  /// user's real id.
  package var isRoots: Bool {
    let lines = String(decoding: contents("status"), as: UTF8.self).split(separator: "\n")
    return lines.first { $0.hasPrefix("Uid:") }?.split(separator: "\t").dropFirst() == ["0", "0", "0", "0"]
      && program == "master"
  }

  private var program: String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/\(pid)/exe", &buffer, buffer.count)
    guard count > 0 else { return nil }
    let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return FileReader.name(of: path)
  }

  private func words(_ name: String) -> [String] {
    contents(name).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The beginning of one of the kernel's files, which `FileReader` does not open.
  private func contents(_ name: String) -> [UInt8] {
    let file = open("/proc/\(pid)/\(name)", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 1 << 17)
    var length = 0
    while length < buffer.count {
      let count = buffer.withUnsafeMutableBytes {
        read(file, $0.baseAddress.map { $0 + length }, $0.count - length)
      }
      guard count > 0 else { break }
      length += count
    }
    return Array(buffer[..<length])
  }
}
