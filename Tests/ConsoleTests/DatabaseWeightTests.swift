// The console on a pool in a database: its weights are numbers, and their limit is that of the database.

import PostfixFiles
import Routing
import Testing

@testable import Console

@Suite struct DatabaseWeightTests {
  private func config() -> MailConfig {
    let map = "sender_dependent_default_transport_maps"
    var config = sampleConfig(main: "\(map) = proxy:sqlite:\(directory)/pools.cf\n")
    func add(_ path: String, _ text: String, _ storage: Storage) {
      config.files[path] = .read(Document(path: path, bytes: Bytes(text.utf8), storage: storage))
    }
    add("\(directory)/pools.cf", DatabaseSettings.text(database: "/data/pools.db", map: map), .file)
    add(
      "/data/pools.db",
      """
      member outbound to smtp:[out-gw1.example] weight 999999
      member outbound to smtp:[out-gw2.example] weight 1
      route \(map) * to outbound

      """, .database)
    return config
  }

  @Test func aWeightIsTypedAsANumberUpToAMillion() {
    var driver = Driver.ready(config())
    driver.press(.character("2"), .character("#"))
    driver.type("1000001")
    #expect(driver.screen(80, 24).contains("need a whole number from 1 to 1000000; d drains the member"))
    driver.press(.escape, .character("#"))
    driver.type("250000")
    driver.press(.enter)
    #expect(driver.pool("outbound")[0] == "smtp:[out-gw1.example] x250000")
  }

  @Test func aStepEndsAtAMillion() {
    var driver = Driver.ready(config())
    driver.press(.character("2"), .character("+"))
    #expect(driver.pool("outbound")[0] == "smtp:[out-gw1.example] x1000000")
    driver.press(.character("+"))
    #expect(driver.pool("outbound")[0] == "smtp:[out-gw1.example] x1000000")
    #expect(driver.screen(80, 24).contains("weight 1000000 is the most"))
  }
}
