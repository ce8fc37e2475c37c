// Where another user can put names on the way to a file, through links of every kind. Only root can make what belongs to another.

import Glibc
import System
import TestSupport
import Testing

@Suite(.enabled(if: geteuid() == 0)) struct ForeignPlaceTests {
  private let directory: TemporaryDirectory
  private var nb: String { directory.file("nb") }

  init() throws {
    directory = try TemporaryDirectory()
    try directory.makeDirectory("nb")
    try directory.makeDirectory("nb/x")
    try directory.makeDirectory("nb/x/sub")
    try directory.makeDirectory("own")
    try directory.write("nb/x/sub/main.cf", "")
    try directory.write("nb/main.cf", "")
    try directory.write("own/main.cf", "")
    #expect(chown(nb, 65534, 65534) == 0)
  }

  private func link(_ name: String, to target: String) {
    #expect(symlink(target, directory.file(name)) == 0)
  }

  /// The links are root's, and on the way of what they lead to is a directory of another user.
  @Test func everyLinkIsFollowedStepByStep() throws {
    link("own/absolute", to: directory.file("nb/main.cf"))
    link("own/relative", to: "../nb/main.cf")
    link("own/up", to: "./../own/../nb/x/sub/main.cf")
    link("directory", to: "nb/x/sub")
    link("chain", to: "own/toDirectory")
    link("own/toDirectory", to: "../directory")
    link("nb/x/hop", to: "../../own")
    for path in [
      "own/absolute", "own/relative", "own/up", "directory/main.cf", "chain/main.cf", "chain/new/file",
      "nb/x/hop/main.cf", "nb/x/sub/main.cf", "own/../nb/main.cf",
    ] {
      let found = foreignPlace(onTheWayTo: directory.file(path))
      #expect(found?.path == nb, "\(path): \(String(describing: found))")
    }
  }

  @Test func whatOnlyRootCanExchangeIsTrusted() throws {
    link("own/link", to: "../own/main.cf")
    link("back", to: "nb/../own")
    for path in ["own/main.cf", "own/link", "own/new", "new/new"] {
      #expect(foreignPlace(onTheWayTo: directory.file(path)) == nil, "\(path)")
    }
    // On its way is the directory of another, who may exchange nothing that counts; but "nb" is asked what ".." is.
    #expect(foreignPlace(onTheWayTo: directory.file("back/main.cf"))?.path == nb)
  }

  @Test func aLinkOfAnotherAndACircleAreRefused() throws {
    link("own/theirs", to: "main.cf")
    #expect(lchown(directory.file("own/theirs"), 65534, 65534) == 0)
    link("circle", to: "circle")
    for name in ["own/theirs", "circle"] {
      #expect(foreignPlace(onTheWayTo: directory.file(name))?.path == directory.file(name))
    }
  }

  /// Names in /tmp are safe below a directory there, and not in /tmp itself.
  @Test func stickyDirectoriesMayBeOnTheWay() throws {
    #expect(chmod(directory.file("own"), 0o1777) == 0)
    #expect(foreignPlace(onTheWayTo: directory.file("own/main.cf"))?.path == directory.file("own"))
    try directory.makeDirectory("own/mine")
    #expect(foreignPlace(onTheWayTo: directory.file("own/mine/file")) == nil)
    for path in ["own/./main.cf", "own/mine/../main.cf", "own/mine/.././main.cf"] {
      #expect(foreignPlace(onTheWayTo: directory.file(path))?.path == directory.file("own"), "\(path)")
    }
    // Who took it away for this look puts it back.
    for path in ["own/gone/file", "own/gone/deeper/file", "own/mine/../gone/file"] {
      #expect(foreignPlace(onTheWayTo: directory.file(path))?.path == directory.file("own"), "\(path)")
      #expect(temporaryPlace(directory.file(path)) == "/tmp", "\(path)")
      #expect(foreignPlace(onTheWayTo: directory.file(path), missing: .made) == nil, "\(path)")
    }
    let deeper = directory.file("own/gone/deeper/file")
    #expect(foreignPlace(onTheWayTo: directory.file("own/gone/file"), missing: .directoryMade) == nil)
    #expect(foreignPlace(onTheWayTo: deeper, missing: .directoryMade)?.path == directory.file("own"))
    #expect(foreignPlace(onTheWayTo: directory.file("own/mine/gone/file")) == nil)
    link("short", to: "own")
    #expect(foreignPlace(onTheWayTo: directory.file("short/main.cf"))?.path == directory.file("own"))
  }
}
