// A new file, complete with what it takes over from an old one, safe on disk before it is named.

import CLinux
import Glibc
import PostfixFiles
import System

extension FileSystem {
  /// `perform`, with the error of a write.
  @discardableResult
  func act(_ call: SystemCall) throws(WriteError) -> Int {
    do { return try perform(call) } catch { throw .system(error) }
  }

  /// Makes a file whose name must not be taken, and waits until it is on disk. Where that fails, the name is free again.
  ///
  /// - Parameter target: the file that it will become, for what could not be kept.
  func writeNew(
    _ name: Name, _ bytes: [UInt8], _ attributes: FileAttributes, standingFor target: String
  ) throws(WriteError) -> [Loss] {
    try makeNew(name, attributes, standingFor: target) { file throws(WriteError) in
      try write(bytes[...], to: file)
    }
  }

  /// The same with the contents of another file.
  func copyNew(
    _ name: Name, from source: Name, _ attributes: FileAttributes, standingFor target: String
  ) throws(WriteError) -> [Loss] {
    try makeNew(name, attributes, standingFor: target) { file throws(WriteError) in
      let isThere = try source.withRegularFile { source, _ throws(WriteError) -> Bool in
        try readPieces(of: source) { piece throws(WriteError) in try write(piece, to: file) }
        return true
      }
      if isThere == nil { throw .system(SystemError("open", source.path, ENOENT)) }
    }
  }

  private func makeNew(
    _ name: Name, _ attributes: FileAttributes, standingFor target: String,
    fill: (OpenFile) throws(WriteError) -> Void
  ) throws(WriteError) -> [Loss] {
    let file = OpenFile(Int32(try act(.create(name))), name.path)
    defer { close(file.descriptor) }
    do throws(WriteError) {
      try fill(file)
      let losses = try give(attributes, to: file, standingFor: target)
      try act(.synchronize(file))
      return losses
    } catch {
      _ = try? perform(.remove(name))
      throw error
    }
  }

  private func write(_ bytes: ArraySlice<UInt8>, to file: OpenFile) throws(WriteError) {
    var rest = bytes
    while !rest.isEmpty { rest = rest.dropFirst(try act(.write(file, rest))) }
  }

  /// Owner first (it clears the set-id bits), then mode, then what may need the mode: ACLs. Nobody may read the new file
  /// who could not read the old one.
  func give(
    _ attributes: FileAttributes, to file: OpenFile, standingFor name: String
  ) throws(WriteError) -> [Loss] {
    var losses: [Loss] = []
    var attributes = attributes
    let now = try self.attributes(of: file)
    if (now.user, now.group) != (attributes.user, attributes.group) {
      do {
        try perform(.setOwner(file, user: attributes.user, group: attributes.group))
      } catch  where error.number == EPERM {
        losses.append(now.user == attributes.user ? .group(name) : .owner(name))
        // A program that ran with the rights of the old owner must not run with those of another.
        if attributes.mode & 0o7000 != 0 { losses.append(.specialBits(name)) }
        attributes.mode &= 0o777
        // The group may still be one of ours; the user stays what it is.
        _ = try? perform(.setOwner(file, user: .max, group: attributes.group))
        if try self.attributes(of: file).group != attributes.group {
          losses += attributes.withdrawGroup(name)
        }
      } catch {
        throw .system(error)
      }
    }
    let list = FileAttributes.accessList
    if !attributes.keepsInherited, now.extended[list] != nil, attributes.extended[list] == nil {
      try act(.removeAttribute(file, name: list))
    }
    try act(.setMode(file, attributes.mode))
    for (attribute, value) in attributes.extended.sorted(by: { $0.key < $1.key })
    where now.extended[attribute] != value {
      do {
        try perform(.setAttribute(file, name: attribute, value: value))
      } catch  where error.number == EPERM || error.number == ENOTSUP {
        losses.append(.extendedAttribute(name, name: attribute))
      } catch {
        throw .system(error)
      }
    }
    return losses
  }

  private func attributes(of file: OpenFile) throws(WriteError) -> FileAttributes {
    var status = stat()
    if fstat(file.descriptor, &status) != 0 { throw .system(SystemError("stat", file.path)) }
    return FileAttributes(status, extended: extendedAttributes(file.descriptor))
  }

  /// Waits until the names in a directory of the state are on disk.
  func synchronizeDirectory(_ path: String) throws(WriteError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { throw .system(SystemError("open", path)) }
    defer { close(descriptor) }
    try act(.synchronize(OpenFile(descriptor, path)))
  }

  /// Removes a file, if it is there.
  func removeIfThere(_ name: Name) throws(WriteError) {
    if try name.exists() { try act(.remove(name)) }
  }

  /// Makes the directories of the state on the way to a file, for our eyes only.
  ///
  /// - Throws: refused where another user than root and the caller can put names on the way to it, or the file is that user's link.
  func makeDirectories(onTheWayTo path: String) throws(WriteError) {
    if let found = try makeWay(to: path, make: makeDirectory) { throw .refused(found.path, found.reason) }
  }

  /// Makes a directory where the caller says, also where other users can put names.
  func makeDirectoriesAnywhere(_ path: String) throws(WriteError) {
    if access(path, F_OK) == 0 { return }
    try makeDirectoriesAnywhere(FileReader.directory(of: path))
    try makeDirectory(path)
  }

  private func makeDirectory(_ path: String) throws(WriteError) {
    do {
      try perform(.makeDirectory(Name(path), mode: 0o700))
    } catch  where error.number == EEXIST {
      // Another randmap was faster.
    } catch {
      throw .system(error)
    }
  }

  /// Removes something of the state, a directory with all that is in it, if it is there.
  func removeTree(_ path: String) throws(WriteError) {
    guard let status = try Name(path).status() else { return }
    if status.st_mode & S_IFMT != S_IFDIR {
      try act(.remove(Name(path)))
      return
    }
    for name in directoryNames(path) { try removeTree(join(path, name)) }
    try act(.removeDirectory(Name(path)))
  }
}

extension FileAttributes {
  /// For a file that comes into another group: who is in that group had the rights of others until now, and who is in the
  /// old one has them from now on. So both get what both had.
  fileprivate mutating func withdrawGroup(_ name: String) -> [Loss] {
    var losses: [Loss] = []
    let both = mode & mode >> 3 & 0o007
    let narrowed = mode & ~0o077 | both << 3 | both
    if narrowed != mode { losses.append(.groupRights(name)) }
    mode = narrowed
    // Its entry for the group of the file would be for the new group.
    if extended.removeValue(forKey: Self.accessList) != nil {
      losses.append(.extendedAttribute(name, name: Self.accessList))
    }
    return losses
  }
}
