// Whose configuration a directory is. A main.cf names the programs and the libraries that Postfix's commands run
// (daemon_directory, shlib_directory, meta_directory with its dynamicmaps.cf, import_environment), so to call one of them
// with `-c DIR` is to do what the author of DIR says, with the caller's rights. Measured: `postmap -q` loads a library that
// the directory brings, and root's `postqueue` starts a program that it brings.

import Glibc
import PostfixFiles

extension PostfixTools {
  /// Whether this machine's Postfix uses `directory` already: it is Postfix's own, Postfix's own main.cf lists it as
  /// another instance, or root runs a master(8) by it. Only then do Postfix's commands see that directory.
  ///
  /// The first two are what Postfix itself asks of a directory before its set-group-ID commands read it.
  package func isOwn(_ directory: String) -> Bool {
    guard let real = FileReader.realPath(directory) else { return false }
    return real == FileReader.realPath(ownDirectory)
      || listedDirectories.contains { FileReader.realPath($0) == real }
      || RunningMaster(ofQueue: Self.parameters(of: directory)?.text("queue_directory"))?.directory == real
  }

  /// The further instances that Postfix's own main.cf names, as they are written: Postfix expands no `$name` there either.
  private var listedDirectories: [String] {
    guard let bytes = try? FileReader.read("\(ownDirectory)/main.cf") else { return [] }
    let main = MainCf(Document(path: "\(ownDirectory)/main.cf", bytes: bytes))
    return ["alternate_config_directories", "multi_instance_directories"].flatMap {
      main[$0]?.value.listItems.map(\.text) ?? []
    }
  }

  /// What the main.cf of `directory` says; nil where it cannot be read.
  static func parameters(of directory: String) -> Parameters? {
    guard let bytes = try? FileReader.read("\(directory)/main.cf") else { return nil }
    let main = MainCf(Document(path: "\(directory)/main.cf", bytes: bytes))
    return Parameters(main: main, configDirectory: directory, environment: Environment())
  }
}

/// A master(8) that root has started.
private struct RunningMaster {
  /// The real path of the directory that it uses.
  let directory: String

  /// The one that `pid/master.pid` below `queue` names. The file may be anybody's, so what it says counts only where
  /// the kernel says the same: the program is called master, runs wholly as root, and was started with that directory.
  init?(ofQueue queue: String?) {
    guard let queue, let bytes = try? FileReader.read("\(queue)/pid/master.pid"), bytes.count <= 64,
      let pid = pid_t(bytes.text.filter { !$0.isWhitespace }), pid > 0,
      Self.isRoots(pid), Self.program(of: pid) == "master"
    else { return nil }
    let arguments = Self.words("/proc/\(pid)/cmdline")
    let named = arguments.firstIndex(of: "-c").map { arguments.dropFirst($0 + 1).first ?? "" }
    let inherited = Self.words("/proc/\(pid)/environ").first { $0.hasPrefix("MAIL_CONFIG=") }
      .map { String($0.dropFirst("MAIL_CONFIG=".count)) }
    guard let path = named ?? inherited, path.hasPrefix("/"), let real = FileReader.realPath(path) else {
      return nil
    }
    directory = real
  }

  /// Whether all its user ids are root's: a set-user-ID program that another user calls keeps that user's real id.
  private static func isRoots(_ pid: pid_t) -> Bool {
    let lines = String(decoding: contents("/proc/\(pid)/status"), as: UTF8.self).split(separator: "\n")
    return lines.first { $0.hasPrefix("Uid:") }?.split(separator: "\t").dropFirst() == ["0", "0", "0", "0"]
  }

  private static func program(of pid: pid_t) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/\(pid)/exe", &buffer, buffer.count)
    guard count > 0 else { return nil }
    let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.split(separator: "/").last.map(String.init)
  }

  private static func words(_ path: String) -> [String] {
    contents(path).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The beginning of one of the kernel's files, which `FileReader` does not open.
  private static func contents(_ path: String) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
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
