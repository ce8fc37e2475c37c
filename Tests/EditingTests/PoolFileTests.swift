// Pools in files of their own, and back in line.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct PoolFileTests {
  /// What an earlier pool has left stays as it is, and is not in the way.
  @Test func aFileWithOtherContentsIsNotInTheWay() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "default_transport = randmap:!smtp:[a]!smtp:[b]\n")
    try directory.write("default_transport.pool", "smtp:[old]\n")
    let config = try MailConfig(directory: directory.path, environment: Environment())
    let file = try converted(config.readingFiles(), to: .file)
    #expect(file.mainText == "default_transport = randmap:$config_directory/default_transport-2.pool\n")
    let made = file.document("\(directory.path)/default_transport-2.pool")
    #expect(made?.bytes.text == "smtp:[a]\nsmtp:[b]\n")
    #expect(file.changeSet(summary: "x").changes.count == 2)
  }

  /// Two pools in one file would change together.
  @Test func aFileOfAnotherPoolIsNotShared() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      """
      relay_transport = randmap:$config_directory/default_transport.pool
      default_transport = randmap:!smtp:[a]!smtp:[b]

      """)
    try directory.write("default_transport.pool", "smtp:[a]\nsmtp:[b]\n")
    let config = try MailConfig(directory: directory.path, environment: Environment()).readingFiles()
    let file = try converted(config, to: .file)
    #expect(
      file.mainText.hasSuffix("default_transport = randmap:$config_directory/default_transport-2.pool\n"))
  }

  /// What was made before and is not written yet is not on disk.
  @Test func aFileThatIsNotWrittenYetIsNotTaken() throws {
    let before = config(
      "default_transport = randmap:!smtp:[a]!smtp:[b]\n", files: ["default_transport.pool": "smtp:[other]\n"])
    let file = try converted(before, to: .file)
    #expect(file.text("default_transport.pool") == "smtp:[other]\n")
    #expect(file.text("default_transport-2.pool") == "smtp:[a]\nsmtp:[b]\n")
  }

  /// A file that is right already is named, and not written again.
  @Test func aFileWithTheSameContentsIsTaken() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "default_transport = randmap:!smtp:[a]!smtp:[b]\n")
    try directory.write("default_transport.pool", "smtp:[a]\nsmtp:[b]\n")
    let config = try MailConfig(directory: directory.path, environment: Environment())
    let file = try converted(config.readingFiles(), to: .file)
    #expect(file.mainText == "default_transport = randmap:$config_directory/default_transport.pool\n")
    #expect(file.changeSet(summary: "x").changes.map(\.path) == [directory.file("main.cf")])
  }

  @Test func aPoolGoesIntoAFileAndBack() throws {
    let main = """
      default_transport =
          randmap:
              !smtp:[a]
              # the big one
              !smtp:[b]
              !smtp:[b]
      # randmap: drained smtp:[c] x2
      myorigin = x

      """
    let before = config(main)
    let file = try converted(before, to: .file)
    #expect(
      file.mainText
        == "default_transport =\n    randmap:$config_directory/default_transport.pool\nmyorigin = x\n")
    #expect(
      file.text("default_transport.pool")
        == "# the big one\nsmtp:[a]\nsmtp:[b]\nsmtp:[b]\n# randmap: drained smtp:[c] x2\n")
    #expect(file.contents == before.contents)
    let set = file.changeSet(summary: "x")
    #expect(set.changes.map(\.before) == [nil, Bytes(main.utf8)])
    let back = try file.converting([], to: .inline)
    #expect(
      back.config.mainText
        == "default_transport =\n    randmap:!smtp:[a]!smtp:[b]!smtp:[b]\n# randmap: drained smtp:[c] x2\nmyorigin = x\n"
    )
    #expect(back.notes.first?.contains("until it is reloaded; you can remove") == true)
  }

  @Test func aTableNamesTheFileByItsWholePath() throws {
    let before = config(
      "transport_maps = texthash:/etc/postfix/transport\n",
      files: ["transport": "Example.COM   smtp:randmap:![a]![b]\n"])
    let file = try converted(before, to: .file)
    #expect(file.text("transport") == "Example.COM   smtp:randmap:/etc/postfix/example.com.pool\n")
    #expect(file.text("example.com.pool") == "[a]\n[b]\n")
    #expect(file.contents == before.contents)
    #expect(try converted(file, to: .inline).text("transport") == before.text("transport"))
  }

  @Test func aPoolThatAnotherOneRefersToMovesOnce() throws {
    let main = "relay_transport = randmap:!smtp:[a]!smtp:[b]\ndefault_transport = $relay_transport\n"
    let file = try converted(config(main), to: .file)
    #expect(
      file.mainText
        == "relay_transport = randmap:$config_directory/relay_transport.pool\ndefault_transport = $relay_transport\n"
    )
    #expect(
      reason(config(main), to: .file, "default_transport")?.contains(
        "in a part of a value that randmap does not edit") == true)
  }

  /// A result that was drained and then listed again is both.
  @Test func aMemberThatIsDrainedAndGetsMailIsConverted() throws {
    let before = config(
      """
      default_transport = randmap:!smtp:[a]!smtp:[b]
      # randmap: drained smtp:[a] x3

      """)
    let after = try converted(before, to: .stock)
    #expect(after.contents == before.contents)
    #expect(after.mainText.contains("# randmap: drained smtp:[a] x3"))
  }

  /// relay_transport contains one destination: a name for it means no pool, so there is nothing to convert.
  @Test func aNameThatMeansNoPoolIsLeftAlone() throws {
    let before = config(
      "transport_maps = hash:/etc/postfix/t\nrelay_transport = smtp:[c]\n"
        + "default_transport = randmap:!smtp:[a]!smtp:[b]\n",
      files: ["t": "example.com  randmap:relay_transport\n"])
    #expect(before.poolSites().map(\.id) == ["default_transport"])
    #expect(try converted(before, to: .stock).text("t") == before.text("t"))
  }
}
