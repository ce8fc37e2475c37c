// `randmap config`: the settings of the console, and where each comes from.

import ArgumentParser
import Console
import PostfixFiles

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show or change your settings of the console.",
    discussion: """
      Without NAME it prints every setting with where its value comes from; with NAME and VALUE it sets one, in \
      ~/.config/randmap/config or below $XDG_CONFIG_HOME, a file of lines NAME = VALUE. In the console, :config NAME VALUE \
      does the same. The settings, with their defaults:

      \(Setting.listing)

      The settings of the probing are in a file of their own: see randmap status. Formats: text, json.

      Examples:
        randmap config
        randmap config theme dark
        randmap config bind.F5 probe-all
      """)

  @OptionGroup var common: CommonOptions
  @Argument(help: "A setting.") var name: String?
  @Argument(help: "Its new value; several words are one value.") var value: [String] = []
  @Flag(help: "Give it its default again.") var unset = false

  private enum Format: String, CaseIterable { case text, json }

  func validate() throws {
    if unset, name == nil || !value.isEmpty {
      throw ValidationError("--unset: need the NAME of a setting, and no value")
    }
  }

  func run() throws {
    let format = try common.format(or: Format.text)
    guard let path = SettingsFile.path() else {
      throw CommandError(.wrongCall, "HOME is not set: there is no place for settings")
    }
    var file = try reading { () throws(SettingError) in try SettingsFile(path) }
    if let name, unset || !value.isEmpty {
      let text = unset ? nil : value.joined(separator: " ")
      try reading { () throws(SettingError) in try file.set(name, to: text) }
      return
    }
    let all = ConfigReport(file).settings
    let chosen = name.map(Settings.listedName).map { name in all.filter { $0.name == name } } ?? all
    if let name, chosen.isEmpty {
      // Says which there are.
      try reading { () throws(SettingError) in
        var settings = Settings()
        try settings.set(name, to: "none")
      }
    }
    switch format {
    case .text:
      if name != nil {
        for setting in chosen { Output.standard.line(printable(setting.value)) }
      } else {
        for line in ConfigReport(file).text { Output.standard.line(line) }
      }
    case .json: Output.standard.write(try JSON.text(ConfigReport.Object(settings: chosen)))
    }
  }

  private func reading<Result>(_ body: () throws(SettingError) -> Result) throws -> Result {
    do throws(SettingError) { return try body() } catch { throw CommandError(.wrongCall, error.description) }
  }
}

/// The settings of the person who calls; the defaults where there is no file.
func personalSettings() throws(CommandError) -> Settings {
  guard let path = SettingsFile.path() else { return Settings() }
  do throws(SettingError) { return try SettingsFile(path).settings } catch {
    throw CommandError(.wrongCall, error.description)
  }
}
