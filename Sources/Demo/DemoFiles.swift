// The texts of the sample configuration.

/// The files of the sample configuration, with the ports of the toy gateways filled in.
struct DemoFiles {
  private let healthy: String
  private let slow: String
  private let flapping: String
  private let refusing: String
  private let rejecting: String

  init(_ gateways: DemoGateways) {
    healthy = gateways.healthy.nextHop
    slow = gateways.slow.nextHop
    flapping = gateways.flapping.nextHop
    refusing = gateways.refusing.nextHop
    rejecting = gateways.rejecting.nextHop
  }

  /// Name and text of each file.
  var all: [(name: String, text: String)] {
    [("main.cf", mainCf), ("master.cf", masterCf), ("transport", transport), ("partners", partners)]
  }

  private var mainCf: String {
    """
    # The sample configuration of "randmap --demo". Its gateways are toys inside the program, on loopback
    # ports; it lives in a temporary directory, so change and write whatever you like.
    #
    #   healthy   \(healthy)      answers
    #   slow      \(slow)      greets after a moment
    #   flapping  \(flapping)      comes and goes
    #   refusing  \(refusing)      refuses connections
    #   rejecting \(rejecting)      answers 554
    #
    # The next line says that randmap(8) serves this Postfix, which makes the notations
    # "randmap:!a!b" and "randmap:/file" sound. Without it Postfix would look for a transport "randmap".
    # randmap: agent

    compatibility_level = 3.6
    myhostname = relay.example
    mydomain = example
    mydestination =
    inet_interfaces = loopback-only
    relay_domains = partner.example
    virtual_mailbox_domains = shop.example

    # Outbound mail: 4 of 8 messages leave by the healthy gateway, 3 by the slow one, 1 by the one that
    # comes and goes. A member that is listed twice is taken twice as often.
    default_transport =
        randmap:
            !smtp:\(healthy)
            !smtp:\(healthy)
            !smtp:\(healthy)
            !smtp:\(healthy)
            !smtp:\(slow)
            !smtp:\(slow)
            !smtp:\(slow)
            !smtp:\(flapping)

    # Virtual mailboxes: two stores, half of the mail to each, on one line.
    virtual_transport = randmap:!smtp:\(healthy)!smtp:\(slow)

    # Mail to partners: the pool is in its own file, one result per line.
    relay_transport = randmap:$config_directory/partners

    # The newsletter's domain in the notation of stock Postfix, 2:1; every other domain in the table. Here nothing
    # takes over from the gateway that answers 554: a third of this mail is at risk.
    transport_maps =
        pipemap:{inline:{news.example=pool}, randmap:{smtp:\(healthy), smtp:\(healthy), smtp:\(rejecting)}}
        texthash:$config_directory/transport

    """
  }

  private var masterCf: String {
    """
    # Sample master.cf: the delivery agents that the pools name.
    # service type  private unpriv  chroot  wakeup  maxproc command + args
    pickup    unix  n       -       n       60      1       pickup
    cleanup   unix  n       -       n       -       0       cleanup
    qmgr      unix  n       -       n       300     1       qmgr
    rewrite   unix  -       -       n       -       -       trivial-rewrite
    bounce    unix  -       -       n       -       0       bounce
    defer     unix  -       -       n       -       0       bounce
    proxymap  unix  -       -       n       -       -       proxymap
    smtp      unix  -       -       n       -       -       smtp
    relay     unix  -       -       n       -       -       smtp
    error     unix  -       -       n       -       -       error
    retry     unix  -       -       n       -       -       error
    virtual   unix  -       n       n       -       -       virtual
    lmtp      unix  -       -       n       -       -       lmtp

    """
  }

  private var transport: String {
    """
    # Sample transport(5) table: where mail for each domain goes in. Read as texthash, so it needs no postmap.

    # Both halves are chosen at random. One gateway refuses connections: the agent gives its half to the other.
    example.com     randmap:!smtp:\(healthy)!smtp:\(refusing)

    # Only the next hop is random, 2:1. Still, each member has the transport: after "smtp:randmap:"
    # smtp(8) would take the whole pool for one host name, and end.
    example.net     randmap:!smtp:\(healthy)!smtp:\(healthy)!smtp:\(flapping)

    # In order: the second one takes what the first one does not.
    example.org     smtp:\(refusing),\(healthy)

    # No choice at all.
    example.edu     smtp:\(slow)

    """
  }

  private var partners: String {
    """
    # Sample pool file: one result per line. The last one answers 554: it is alive, and does not want us.
    smtp:\(healthy)
    smtp:\(healthy)
    # The next line keeps a member that gets no mail for now, so that it can be restored.
    # randmap: drained smtp:\(slow) x2
    smtp:\(rejecting)

    """
  }
}
