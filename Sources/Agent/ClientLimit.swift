// How many clients of one kind may be connected: one more sends the one away that was idle for longest.

/// A connection that can be sent away.
protocol Client: AnyObject {
  /// Whether it waits for an answer of ours.
  var isBusy: Bool { get }
  /// Hangs up.
  func dismiss()
}

/// Lives on the agent's loop.
final class ClientLimit {
  private var clients: [ObjectIdentifier: (client: any Client, lastUse: Int)] = [:]
  private var clock = 0
  private let most: Int

  init(_ most: Int) { self.most = most }

  /// Takes one more in.
  func opened(_ client: any Client) {
    if clients.count >= most,
      let oldest = clients.values.min(by: {
        ($0.client.isBusy ? 1 : 0, $0.lastUse) < ($1.client.isBusy ? 1 : 0, $1.lastUse)
      })
    {
      clients[ObjectIdentifier(oldest.client)] = nil
      oldest.client.dismiss()
    }
    used(client)
  }

  /// It asked for something.
  func used(_ client: any Client) {
    clock += 1
    clients[ObjectIdentifier(client)] = (client, clock)
  }

  func closed(_ client: any Client) { clients[ObjectIdentifier(client)] = nil }
}
