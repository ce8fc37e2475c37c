// Themes: the five that come with the program, errors with their line, and fewer colours than asked for.

import PostfixFiles
import Testing

@testable import Console

@Suite struct ThemeTests {
  func theme(_ text: String) throws(ThemeError) -> Theme {
    try Theme(MainCf(Document(path: "themes/mine", bytes: Bytes(text.utf8))))
  }

  func error(_ text: String) -> String? {
    do throws(ThemeError) {
      _ = try theme(text)
      return nil
    } catch { return error.description }
  }

  @Test(arguments: ["default", "dark", "light", "high-contrast", "colour-blind"])
  func comesWithTheProgram(_ name: String) throws {
    let search = ThemeSearch(environment: { _ in nil })
    #expect(search.names() == ["colour-blind", "dark", "default", "high-contrast", "light"])
    let theme = try search.theme(named: name)
    // What needs attention never looks like plain text.
    for role in [Role.down, .refused, .degraded, .error, .warning, .added, .removed] {
      #expect(theme.look(of: Style(role)) != theme.look(of: .text), "\(name): \(role)")
    }
    // The chosen row differs from the others, whatever stands in it.
    for role in Role.allCases where role != .selection {
      #expect(theme.look(of: Style(role, on: .selection)) != theme.look(of: Style(role)), "\(name): \(role)")
    }
  }

  /// Words in black on red are read; a bar in black on black is not seen.
  @Test(arguments: ["default", "dark", "light", "high-contrast", "colour-blind"])
  func aBarIsSeen(name: String) throws {
    let theme = try ThemeSearch(environment: { _ in nil }).theme(named: name)
    let screen = theme.look(of: .text)
    for role in [Role.bar, .down, .refused, .degraded, .drained, .unknown] {
      let look = theme.look(of: Style(role, on: nil, .block))
      #expect(look.background == screen.background, "\(role)")
      #expect(look.foreground != screen.background || screen.background == .terminal, "\(role)")
    }
  }

  /// A program that was copied alone has the same default.
  @Test func theDefaultIsBuiltIn() throws {
    let file = try #require(ThemeSearch(environment: { _ in nil }).folders.last) + "/default"
    #expect(try FileReader.read(file).text == Theme.builtInText)
    let alone = ThemeSearch(folders: ["/nonexistent"])
    #expect(
      try alone.theme(named: "default") == ThemeSearch(environment: { _ in nil }).theme(named: "default"))
  }

  @Test func readsColoursAndAttributes() throws {
    let theme = try theme(
      "# mine\ntext.bg = #102030\nup = bright-green bold\ndown = 196\nbar =\n  blue\n  underline\n")
    #expect(
      theme.look(of: Style(.up)) == Look(.ansi(10), on: .rgb(red: 16, green: 32, blue: 48), attributes: .bold)
    )
    #expect(theme.look(of: Style(.down)).foreground == .palette(196))
    #expect(theme.look(of: Style(.bar)).attributes == .underline)
    #expect(theme.look(of: Style(.key)) == theme.look(of: .text))
  }

  @Test func errorsNameFileAndLine() {
    #expect(
      error("up = green\n\ncolour = red\n")?.hasPrefix("themes/mine, line 3: unknown role \"colour\"") == true
    )
    #expect(
      error("up = grene\n")?.hasPrefix("themes/mine, line 1: unknown colour \"grene\"; need default") == true)
    #expect(error("up.bg = bold\n")?.contains("unknown colour \"bold\"") == true)
    #expect(error("up = 256\n") != nil)
    #expect(error("up = #12345\n") != nil)
    #expect(error("up = +7\n") != nil)
    #expect(error("just words\n")?.contains("need \"role = colour\"") == true)
    #expect(error("up\u{1B} = red\n")?.contains("\u{1B}") == false)
  }

  @Test func aGroundKeepsColoursUnlessItImposesOne() throws {
    let theme = try theme("up = green\nselection.bg = blue\ninput = reverse\nlive = black\n")
    #expect(theme.look(of: Style(.up, on: .selection)) == Look(.ansi(2), on: .ansi(4)))
    #expect(theme.look(of: Style(.up, on: .input)) == Look(attributes: .reverse))
    #expect(theme.look(of: Style(.up, on: .live)).foreground == .ansi(0))
  }

  @Test func fewerColours() throws {
    let red = Colour.rgb(red: 250, green: 10, blue: 10)
    #expect(ColourDepth.direct.number(of: red).number == 0xFA0A0A)
    #expect(ColourDepth.palette256.number(of: red).number == 196)
    #expect(ColourDepth.ansi16.number(of: red).number == 9)
    #expect(ColourDepth.ansi8.number(of: red) == (1, true))
    #expect(ColourDepth.none.number(of: red).number == -1)
    #expect(ColourDepth.direct.number(of: .rgb(red: 0, green: 0, blue: 1)).number == 8)
    #expect(ColourDepth.palette256.number(of: .palette(244)).number == 244)
    #expect(ColourDepth.ansi16.number(of: .palette(244)).number == 8)
    #expect(ColourDepth.palette256.number(of: .terminal).number == -1)
  }

  @Test func aMissingThemeNamesThoseThereAre() {
    let search = ThemeSearch(environment: { _ in nil })
    do throws(ThemeError) {
      _ = try search.theme(named: "drak")
      Issue.record("found a theme that is not there")
    } catch {
      #expect(
        error.description.hasPrefix("there is no theme \"drak\"; there are colour-blind, dark, default"))
    }
  }

  @Test func searchesThePersonsOwnFirst() {
    let search = ThemeSearch(
      environment: { $0 == "XDG_CONFIG_HOME" ? "/x" : nil }, executable: "/opt/bin/randmap")
    #expect(search.folders == ["/x/randmap/themes", "/opt/share/randmap/themes"])
    #expect(
      ThemeSearch(environment: { $0 == "HOME" ? "/h" : nil }, executable: nil).folders == [
        "/h/.config/randmap/themes"
      ])
  }
}
