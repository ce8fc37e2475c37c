// Pools are worked out once, and again as soon as a file, the environment or the time makes them others.

import PostfixFiles
import Synchronization
import Testing

@testable import Routing

/// A clock that a test turns.
private final class TurnedClock: Sendable {
  private let time: Mutex<Int>
  init(_ time: Int) { self.time = Mutex(time) }
  var now: Int {
    get { time.withLock(\.self) }
    set { time.withLock { $0 = newValue } }
  }
}

@Suite struct KeptPoolsTests {
  /// 2026-11-28T18:00Z.
  private let end = 1_795_888_800
  private let path = "/etc/postfix/pool"
  private let settings = "/etc/postfix/pools.cf"
  private let database = "/var/lib/randmap/pools.db"

  private func config(_ main: String, _ clock: TurnedClock, files: [String: String] = [:]) -> MailConfig {
    var environment = Environment()
    environment.clock = { clock.now }
    var config = MailConfig(directory: "/etc/postfix", environment: environment, main: main)
    for (path, text) in files {
      config.files[path] = .read(Document(path: path, bytes: Bytes(text.utf8)))
    }
    return config
  }

  private func active(_ config: MailConfig) -> [String] {
    config.pools().flatMap(\.members).filter { !$0.isDrained }.map(\.result)
  }

  @Test func theyAreTheSameUntilSomethingChanges() throws {
    let config = config("default_transport = randmap:!smtp:[a]!smtp:[b]\n", TurnedClock(end))
    let copy = config
    let first = try #require(config.pools().first?.members.first)
    #expect(copy.pools().first?.members.first === first)
    #expect(config.alone.pools().first?.members.first !== first)
    var edited = config
    edited.main.document = Document(
      path: edited.main.document.path, bytes: Bytes("default_transport = randmap:!smtp:[c]!smtp:[d]\n".utf8))
    #expect(active(edited) == ["smtp:[c]", "smtp:[d]"])
    #expect(active(config) == ["smtp:[a]", "smtp:[b]"])
  }

  @Test func everyPartOfAConfigurationCounts() {
    var config = config(
      "transport_maps = hash:/t\ndefault_transport = x:randmap:!a!b\n", TurnedClock(end))
    #expect(config.pools().map(\.isAgents) == [false])
    config.update(Document(path: "/t", bytes: Bytes("a.test randmap:!smtp:[a]!smtp:[b]\n".utf8)))
    #expect(config.pools().count == 2)
    config.master = MasterCf(
      Document(path: "/etc/postfix/master.cf", bytes: Bytes("randmap unix - - n - - smtp\n".utf8)))
    #expect(config.pools().map(\.isAgents) == [true, true])
    config.master = nil
    #expect(config.pools().map(\.isAgents) == [false, false])
  }

  @Test func aDrainInAPoolFileEndsInTime() {
    let clock = TurnedClock(end - 100)
    let config = config(
      "# randmap: agent\ndefault_transport = randmap:\(path)\n", clock,
      files: [path: "smtp:[a]\n# randmap: drained smtp:[b] x1 until=2026-11-28T18:00Z\n"])
    #expect(active(config) == ["smtp:[a]"])
    clock.now = end - 1
    #expect(active(config) == ["smtp:[a]"])
    clock.now = end
    #expect(active(config) == ["smtp:[a]", "smtp:[b]"])
    // A clock may be set back.
    clock.now = end - 1
    #expect(active(config) == ["smtp:[a]"])
  }

  @Test func aDrainInADatabaseEndsInTime() {
    let clock = TurnedClock(end - 100)
    let config = config(
      "sender_dependent_default_transport_maps = proxy:sqlite:\(settings)\n", clock,
      files: [
        settings: DatabaseSettings.text(database: database, map: "sender_dependent_default_transport_maps"),
        database: """
        member out to smtp:[a] weight 1
        member out to smtp:[b] weight 1 drained until 2026-11-28T18:00:00Z
        route sender_dependent_default_transport_maps * to out

        """,
      ])
    #expect(active(config) == ["smtp:[a]"])
    clock.now = end
    #expect(active(config) == ["smtp:[a]", "smtp:[b]"])
  }

  @Test func aPlanGoesOnStepByStep() throws {
    let clock = TurnedClock(end)
    let config = config(
      "# randmap: agent\ndefault_transport = randmap:\(path)\n", clock,
      files: [
        path: """
        smtp:[a]
        # randmap: ramp smtp:[c] from=10% to=50% start=2026-11-28T18:00Z over=4d steps=daily
        smtp:[c]

        """
      ])
    func share() throws -> Double {
      let pool = try #require(config.pools().first)
      return try #require(pool.members.last.map { pool.share($0) })
    }
    #expect(abs(try share() - 0.1) < 1e-9)
    clock.now = end + 86_400
    #expect(abs(try share() - 0.2) < 1e-9)
    clock.now = end + 4 * 86_400
    #expect(abs(try share() - 0.5) < 1e-9)
  }
}
