// The edits of a route, as commands: set-route, remove-route.

import ArgumentParser
import Editing
import PostfixFiles
import Routing

struct SetRouteCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "set-route", abstract: "Set a routing parameter of main.cf, or an entry of a table.",
    discussion: """
      The diff comes with the routes before and after.

      Examples:
        randmap set-route relayhost '[gw1.example]:587'
        randmap set-route a.example relay:in1.example --table /etc/postfix/transport
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @Argument(help: "The parameter, or the key of the entry.") var key: String
  @Argument(help: "Its new value.") var value: String
  @Option(help: ArgumentHelp("The table's source file.", valueName: "file")) var table: String?

  func edits(_ config: MailConfig) throws -> [Edit] { [.setRoute(key: key, value: value, table: table)] }

  func routes(_ edited: MailConfig, in place: Workplace) -> [RouteChange]? {
    place.routeChanges(to: edited, of: key, table: table)
  }
}

struct RemoveRouteCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove-route", abstract: "Remove a routing parameter of main.cf, or an entry of a table.",
    discussion: """
      to:example.com, from:example.com, class:relay, class:virtual and outbound are the entry, the line or the pool of that \
      mail, wherever it is: it goes by what decides next. The diff comes with the routes before and after.

      Examples:
        randmap remove-route relayhost
        randmap remove-route to:example.com
        randmap remove-route outbound
        randmap remove-route example.org --table /etc/postfix/transport --write
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var writing: WriteOptions
  @Argument(help: "The parameter, the key of the entry, or its mail.") var key: String
  @Option(help: ArgumentHelp("The table's source file.", valueName: "file")) var table: String?

  func edits(_ config: MailConfig) throws -> [Edit] { [.removeRoute(key: key, table: table)] }

  func remarks(_ edited: MailConfig, in place: Workplace) -> [String] {
    place.config.notesOnWhatIsLeft(by: edited)
  }

  func routes(_ edited: MailConfig, in place: Workplace) -> [RouteChange]? {
    place.routeChanges(to: edited, of: key, table: table)
  }
}

extension Workplace {
  /// Where mail goes before and after, that of the key in any case.
  fileprivate func routeChanges(to edited: MailConfig, of key: String, table: String?) -> [RouteChange] {
    config.routeChanges(
      to: edited, context: config.routeContext(isDemo: isDemo),
      meant: config.samples(ofRoute: key, table: table) + edited.samples(ofRoute: key, table: table))
  }
}
