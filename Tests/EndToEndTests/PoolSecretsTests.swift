// A login in a pool of next hops, or behind a separator that is a letter: by itself it looks like a transport with an address.
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct PoolSecretsTests {
  private static let secret = "Geheim8"
  private static let login = "me:\(secret)@127.0.0.1"

  /// Values of main.cf.
  private static let settings = [
    "sender_dependent_relayhost_maps = randmap:{\(login),[127.0.0.5]}",
    "sender_dependent_relayhost_maps = pipemap:{inline:{{s@a.test=x}},randmap:{\(login),[127.0.0.5]}}",
    "sender_dependent_relayhost_maps = inline:{{s@a.test=randmap:!\(login)![127.0.0.5]}}",
    "sender_dependent_relayhost_maps = texthash:DIR/senders",
    "transport_maps = inline:{{d.test=smtp:randmap:!\(login)![127.0.0.5]}}",
    "transport_maps = inline:{{d.test=randmap:xsmtp:\(login)xsmtp:[127.0.0.5]}}",
    "transport_maps = texthash:DIR/domains",
    "relay_transport = randmap:xsmtp:\(login)xsmtp:[127.0.0.5]",
    "relay_transport = randmap:xsmtp:127.0.0.1:587:me:\(secret)xsmtp:[127.0.0.5]",
    "relay_transport = smtp:randmap:!\(login)![127.0.0.5]",
    "relayhost = \(login)",
    "relayhost = randmap:!\(login)![127.0.0.5]",
    "relayhost = randmap:DIR/hops",
    "smtp_fallback_relay = \(login)",
  ]

  @Test(arguments: settings) func isHidden(setting: String) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path
    try directory.write("senders", "s@a.test randmap:!\(Self.login)![127.0.0.5]\n")
    try directory.write("domains", "d.test smtp:randmap:x\(Self.login)x[127.0.0.5]\n")
    try directory.write("hops", "\(Self.login)\n[127.0.0.5]\n")
    try directory.write(
      "main.cf",
      """
      # randmap: agent
      compatibility_level = 3.6
      queue_directory = \(path)
      mydestination =
      relay_domains = d.test
      \(setting.replacing("DIR", with: path))

      """)
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    var calls = ["text", "gcc", "json", "github"].map { ["check", "--format", $0] }
    for format in ["text", "json"] {
      calls += [
        ["pools", "--format", format], ["route", "x@d.test", "--format", format],
        ["route", "x@e.test", "--from", "s@a.test", "--format", format],
        ["drain", "[127.0.0.5]", "--format", format],
        ["set-route", "d.test", "smtp:[127.0.0.2]", "--format", format],
      ]
    }
    for call in calls {
      let finished = try runRandmap(
        call + ["-c", path], environment: ["XDG_STATE_HOME": directory.file("state")])
      // The diff of an edit in a pipe is for patch(1).
      let isDiff = ["drain", "set-route"].contains(call[0]) && call.last == "text"
      let shown = finished.standardError + (isDiff ? "" : finished.standardOutput)
      #expect(!shown.contains(Self.secret), "\(call): \(shown)")
    }
  }
}
