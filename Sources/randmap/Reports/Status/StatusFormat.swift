// The formats of --status. A new one is a file of its own, and a case here.

import PostfixFiles

/// One way to print what is known of the gateways.
protocol StatusFormat {
  /// Whether --watch can go on with it.
  static var canWatch: Bool { get }

  /// The whole output.
  func text(of report: StatusReport) throws -> Bytes
  /// The exit status, where the format has its own.
  func status(of report: StatusReport) -> Int32?
}

extension StatusFormat {
  static var canWatch: Bool { false }
  func status(of report: StatusReport) -> Int32? { nil }
}

/// The names that `--format` takes.
enum StatusFormatName: String, CaseIterable {
  case text, json, nagios, prometheus

  /// - Parameters:
  ///   - color: for people on a terminal.
  ///   - critical: the share of the mail at risk that is CRITICAL.
  func format(color: Bool, critical: Double) -> any StatusFormat {
    switch self {
    case .text: StatusText(color: color)
    case .json: StatusJSON()
    case .nagios: StatusNagios(critical: critical)
    case .prometheus: StatusPrometheus()
    }
  }

  /// Those that --watch takes.
  static var watched: [StatusFormatName] {
    allCases.filter { type(of: $0.format(color: false, critical: 0.5)).canWatch }
  }
}
