// Words that mail servers use in their replies. Where a reply may name somebody whose address is not known, these stay and
// all others are left out.

enum ServerWords {
  static let all: Set<String> = Set(
    """
    a abuse accept accepted accepting access account accounts action active actively addr address addresses administrator \
    after again alias all allocated allowed already an and another any are as at attempt attempts auth authenticate \
    authentication authorized available back backend bad banned be because been before being blacklist blacklisted block \
    blocked blocklist body bounce bounces box busy but by bytes can cannot certificate channel check client closed closing \
    cluster code come command commands complete completed concurrent config configuration configured connect connected \
    connecting connection connections contact content could current currently daily data database day deferred delay \
    delayed deliver delivered delivery denied destination detected directory disabled disk dkim dmarc dns do does domain \
    domains down due during early ehlo email emails empty encryption end error errors established exceed exceeded exceeds \
    exist existing expired external fail failed fails failure fatal few file filter filtering first for format forward \
    found free from full gateway general get given gmail go graylisted greylist greylisted greylisting greeting group had \
    has have hello helo help high host hostname hosts hour hours how http https id if in inactive incoming incorrect \
    insufficient internal invalid ip is issue it its junk keep known large last later let limit limited limits line link \
    list listed load local locally locked long longer lookup lost loop made mail mailbox mailboxes mailhost mailing \
    mails maintenance many matches max maximum may me message messages minute minutes missing more most moved much must mx \
    name need needed network new no non not nothing now number of off ok on one online only open or other our out over \
    overload overloaded overquota own per permanent permanently permission permitted please policy poor port possible \
    postmaster prevents problem problems process processing program protocol proxy queue queued quota ran rate reached \
    reason receive received receiving recipient recipients record refuse refused reject rejected relay \
    relaying remote reply reputation request requested require required reset resource resources response restriction \
    restrictions result retries retry return returned reverse rule rules said same scan scanner second seconds see seems \
    seen send sender senders sending sent server servers service session should shutting side signature size slow smtp so \
    some soon source space spam spamhaus spf started starttls status still storage store stored such suspended suspicious \
    syntax system table take temp temporarily temporary than that the their then there this throttled through time timed \
    timeout times to too traffic transaction transfer transport trouble try trying turn unable unauthenticated unauthorized \
    unavailable under unexpected unknown unreachable unsolicited until unusual up us use used user users using valid verify \
    verification verified version virus visit volume wait was we were when which while will with within wrong you your \
    conversation
    """.split(separator: " ").map(String.init))
}
