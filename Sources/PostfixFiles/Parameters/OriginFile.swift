// myorigin as the name of a file: Debian's Postfix takes a value that begins with a slash so, and its own main.cf has
// `myorigin = /etc/mailname`.

#if canImport(Glibc)
  import Glibc
#endif

/// What the file that myorigin names says (measured with Debian's 3.7).
package enum OriginFile: Hashable, Sendable {
  /// Its first line, without the white space around it.
  case name(Bytes)
  /// Why every program of Postfix ends, in its words.
  case fault(String)

  /// Nil where there is no such file, and nothing says that it should be here.
  ///
  /// - Parameters:
  ///   - path: as main.cf names it.
  ///   - located: where it is to be found.
  ///   - isInUse: whether a Postfix here runs with this configuration.
  init?(_ path: String, at located: String, isInUse: Bool, reader: MailConfig.Reader) {
    // It opens the file first and looks at the names after that, but this is what it says of a directory too.
    if let reason = Self.furtherName(located) {
      self = .fault("\(path): \(reason)")
      return
    }
    let text: Bytes
    do throws(FileError) { text = try reader(located) } catch {
      // What we do not read, a device for one, Postfix may read.
      if error.isDenied || error.kind == .special || !isInUse && error.isMissing { return nil }
      self = .fault("\(path): cannot open file: \(error.reason)")
      return
    }
    let line = text.prefix { $0 != .newline }
    let start = line.firstIndex { !$0.isSpace } ?? line.endIndex
    let end = line.lastIndex { !$0.isSpace }.map { $0 + 1 } ?? start
    self = start == end ? .fault("myorigin file \(path) is empty") : .name(Bytes(line[start..<end]))
  }

  /// Postfix takes no file that others could have put there under a second name (safe_open).
  private static func furtherName(_ path: String) -> String? {
    var file = stat()
    var name = stat()
    guard stat(path, &file) == 0, lstat(path, &name) == 0 else { return nil }
    if file.st_nlink != 1 { return "file has \(file.st_nlink) hard links" }
    guard name.st_mode & S_IFMT == S_IFLNK else { return nil }
    var parent = stat()
    let isSafe =
      name.st_uid == 0 && stat(FileReader.directory(of: path), &parent) == 0 && parent.st_uid == 0
      && parent.st_mode & (S_IWGRP | S_IWOTH) == 0
    return isSafe ? nil : "file is a symbolic link"
  }
}

extension MailConfig {
  /// The files that myorigin names, in main.cf and in `-o` of master.cf, by their paths there.
  func originFiles(isInUse: Bool) -> [String: OriginFile] {
    let seen = [parameters] + (master?.services ?? []).map { parameters.seen(by: $0) }
    let paths = Set(seen.compactMap { $0.setting("myorigin") == nil ? nil : $0.text("myorigin") })
    return paths.filter { $0.hasPrefix("/") }.reduce(into: [:]) { files, path in
      files[path] = OriginFile(path, at: pathMap.located(path), isInUse: isInUse, reader: reader)
    }
  }
}
