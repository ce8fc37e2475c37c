// A database that another configuration uses too, or that an undo has left: nothing of it changes, or comes into force here,
// without --force.

import Glibc
import Routing
import Store
import TestSupport
import Testing

@testable import Editing
@testable import PostfixFiles

@Suite struct DatabaseConflictTests {
  private let bench: DatabaseBench

  init() throws { bench = try DatabaseBench() }

  private func wish(_ scope: String, _ members: String...) throws -> PoolWish {
    PoolWish(try Scope(scope), try members.map { try WantedMember($0) }, notation: .database)
  }

  /// A configuration beside the one that has written these rows.
  private func beside(_ other: MailConfig, _ main: String = "relayhost = [old]\n") throws -> MailConfig {
    var config = try bench.config(main)
    let rows = try #require(other.document(bench.database)).bytes
    config.files[bench.database] = .read(Document(path: bench.database, bytes: rows, storage: .database))
    return config
  }

  private func words(_ before: MailConfig, _ edited: MailConfig) -> [String] {
    before.guards(against: edited, states: [:]).map(\.message).filter { $0.contains(bench.database) }
  }

  @Test func theRoutesOfAnotherConfigurationAreHeld() throws {
    let machine = Machine(addresses: [])
    var first = try bench.config("relayhost = [old]\n")
    #expect(try words(first, first.planning(wish("outbound", "[a1]", "[a2]"), on: machine).config).isEmpty)
    first = try first.planning(wish("outbound", "[a1]=7", "[a2]=3"), on: machine).config
    let more = try first.planning(wish("to:a.example", "[a3]", "[a4]"), on: machine).config
    #expect(words(first, more).isEmpty)
    let second = try beside(more)
    let outbound = try second.planning(wish("outbound", "[b1]", "[b2]"), on: machine).config
    #expect(
      words(second, outbound) == [
        "\(bench.database) has routes that may be another configuration's: the edit would change * to outbound; use another database with --database PATH"
      ])
    // Its other routes are never taken out.
    #expect(outbound.rows(bench.database).routes.map(\.key) == ["*", "a.example"])
    let domain = try second.planning(wish("to:b.example", "[b3]", "[b4]"), on: machine).config
    #expect(
      words(second, domain) == [
        "\(bench.database) has routes that may be another configuration's: the edit would make mail of this configuration use a.example to a.example too; use another database with --database PATH"
      ])
    #expect(domain.rows(bench.database).routes.map(\.key) == ["*", "a.example", "b.example"])
    // Where main.cf asks already, it is its own.
    let third = try domain.planning(wish("to:b.example", "[b3]", "[b5]"), on: machine).config
    #expect(words(domain, third).isEmpty)
  }

  @Test func aConversionIsHeldToo() throws {
    let machine = Machine(addresses: [])
    let first = try bench.config("relayhost = [old]\n")
      .planning(wish("outbound", "[a1]", "[a2]"), on: machine).config
    let second = try beside(first, "sender_dependent_relayhost_maps = randmap:{[b1], [b2]}\n")
    let after = try second.converting([], to: .database).config
    #expect(words(second, after).count == 1)
    let other = try second.converting([], to: .database, database: bench.directory.file("own.db")).config
    #expect(words(second, other).isEmpty)
  }

  /// The settings of a table stay in the directory when its pools get another notation: the rows are its own still, whatever was
  /// edited meanwhile.
  @Test func aPoolComesBackToItsOwnRows() throws {
    let machine = Machine(addresses: [])
    let first = try bench.config("relayhost = [old]\n")
      .planning(wish("outbound", "[a1]", "[a2]"), on: machine).config
    let main = "sender_dependent_relayhost_maps = randmap:{[a1], [a2], [a2], [a3]}\n"
    func back(_ settings: String?) throws -> [String] {
      var second = try beside(first, main)
      if let settings {
        let path = bench.directory.file("randmap_sender_dependent_relayhost_maps.cf")
        second.files[path] = .read(Document(path: path, bytes: Bytes(settings.utf8)))
      }
      return words(second, try second.converting([], to: .database).config)
    }
    func settings(_ database: String) -> String {
      DatabaseSettings.text(database: database, map: "sender_dependent_relayhost_maps")
    }
    #expect(try back(settings(bench.database)).isEmpty)
    #expect(try back(nil).count == 1)
    #expect(try back(settings(bench.directory.file("other.db"))).count == 1)
  }

  /// Whether another instance asks for the rows: also where that cannot be told, and where its directory is named by a parameter.
  @Test func anInstanceThatCannotBeReadCounts() throws {
    let standard = try TemporaryDirectory()
    let other = try TemporaryDirectory()
    let own = try bench.config("relayhost = [a]\n")
    func isAsked() -> Bool { own.isAskedByOthers(bench.database, standard: standard.path) }
    #expect(!isAsked())
    let home = FileReader.directory(of: other.path)
    try standard.write(
      "main.cf",
      "home = \(home)\nmulti_instance_directories = $home/\(other.path.dropFirst(home.count + 1))\n")
    #expect(!isAsked())
    let map = "sender_dependent_relayhost_maps"
    try other.write("main.cf", "\(map) = sqlite:\(other.file("s.cf"))\n")
    #expect(!isAsked())
    try other.write("s.cf", DatabaseSettings.text(database: bench.database, map: map))
    #expect(isAsked())
    try other.write("s.cf", DatabaseSettings.text(database: other.file("own.db"), map: map))
    #expect(!isAsked())
    // A directory in the place of the file cannot be read by anybody.
    unlink(other.file("main.cf"))
    mkdir(other.file("main.cf"), 0o700)
    #expect(isAsked())
  }

  /// A copy names the data_directory of the Postfix that it is a copy of.
  @Test func aCopyHasNoDatabaseOfItsOwn() throws {
    let live = try TemporaryDirectory()
    let copy = try TemporaryDirectory()
    try live.write("main.cf", "data_directory = \(bench.directory.path)\n")
    func owner(_ directory: String, _ database: String) -> String? {
      MailConfig.otherOwner(ofData: database, than: directory, among: [live.path])
    }
    #expect(owner(copy.path, bench.database) == live.path)
    #expect(owner(live.path, bench.database) == nil)
    #expect(owner(copy.path, copy.file("pools.db")) == nil)
    let usual = MailConfig(
      directory: copy.path, main: "relayhost = [a]\ndata_directory = \(bench.directory.path)\n")
    #expect(usual.otherOwner(ofData: bench.database) == nil)
  }
}
