// What the tests of the way in plan with: a small configuration, a wish in words, a machine with three addresses.

import PostfixFiles
import Routing
import Testing

@testable import Editing

let plannedServices = """
  smtp unix - - n - - smtp
  relay unix - - n - - smtp
  lmtp unix - - n - - lmtp
  local unix - n n - - local
  virtual unix - n n - - virtual
  rewrite unix - - n - - trivial-rewrite

  """

var plannersMachine: Machine { Machine(addresses: ["192.0.2.1", "192.0.2.2", "2001:db8::1"]) }

func configToPlan(_ main: String, version: PostfixVersion = .assumed) -> MailConfig {
  MailConfig(
    directory: "/d", environment: Environment(hostName: "mx.here.example", version: version), main: main,
    master: plannedServices
  ).readingFiles()
}

/// The same with tables, by their names in its directory.
func configToPlan(_ main: String, tables: [String: String]) -> MailConfig {
  var config = configToPlan(main)
  for (name, text) in tables {
    config.files["/d/\(name)"] = .read(Document(path: "/d/\(name)", bytes: Bytes(text.utf8)))
  }
  return config
}

func planned(
  _ main: String, _ scope: String, _ members: String..., notation: PoolWish.Notation? = nil,
  version: PostfixVersion = .assumed
) throws(EditError) -> PoolPlan {
  try configToPlan(main, version: version).planning(
    wishInWords(scope, members, notation), on: plannersMachine)
}

func wishInWords(
  _ scope: String, _ members: [String], _ notation: PoolWish.Notation? = nil
) throws(EditError) -> PoolWish {
  var wanted: [WantedMember] = []
  for member in members { wanted.append(try WantedMember(member)) }
  return PoolWish(try Scope(scope), wanted, notation: notation)
}

func refused(_ main: String, _ scope: String, _ members: String...) -> String {
  do throws(EditError) {
    return refused(configToPlan(main), try wishInWords(scope, members))
  } catch { return error.message }
}

func refused(_ config: MailConfig, _ wish: PoolWish) -> String {
  do throws(EditError) {
    _ = try config.planning(wish, on: plannersMachine)
    return ""
  } catch { return error.message }
}
