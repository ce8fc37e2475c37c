// A name server of the test's own: dnsmasq(8) on a loopback address, which knows what it is told and nothing else.
import Glibc

/// A running dnsmasq(8). It is stopped when the last reference to it goes.
package final class NameServer {
  package let address: LoopbackAddress
  private let process: ChildProcess
  private let directory: TemporaryDirectory

  /// What stands in the place of resolv.conf(5) for those who are to ask it.
  package var resolverConfiguration: String { directory.file("resolv.conf") }

  /// - Parameters:
  ///   - hosts: addresses by name.
  ///   - exchangers: mail exchangers with their preferences by domain.
  ///   - domains: those of which it knows all names: any other name of them does not exist.
  ///   - services: SRV records, all with one priority, by names such as `_submission._tcp.pool.test`.
  package init(
    hosts: [String: String], exchangers: [(domain: String, host: String, preference: Int)] = [],
    services: [(name: String, host: String, port: Int, weight: Int)] = [], domains: [String] = ["test"]
  ) throws(TestFailure) {
    // Resolvers know no other port.
    address = try LoopbackAddress.own(port: 53)
    directory = try TemporaryDirectory()
    try directory.write("resolv.conf", "nameserver \(address.host)\n")
    process = try ChildProcess(
      requiredTool("dnsmasq", package: "dnsmasq-base"),
      [
        "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file", "--user=root", "--no-hosts",
        "--no-resolv",
        "--listen-address=\(address.host)", "--bind-interfaces",
      ] + domains.map { "--local=/\($0)/" } + hosts.map { "--host-record=\($0.key),\($0.value)" }
        + exchangers.map { "--mx-host=\($0.domain),\($0.host),\($0.preference)" }
        + services.map { "--srv-host=\($0.name),\($0.host),\($0.port),10,\($0.weight)" })
    let address = address
    let process = process
    try waitUntil("dnsmasq to listen on \(address)", seen: process.standardError) { () throws(TestFailure) in
      if let status = process.status {
        throw TestFailure("dnsmasq ended: \(status) \(process.standardError)")
      }
      return address.isListening
    }
  }

  deinit {
    process.signal(SIGTERM)
    _ = try? process.wait()
  }
}
