// The pictures of the documentation: what a screen becomes, and that they are there.

import Foundation
import FoundationXML
import TestSupport
import Testing

@Suite struct ScreenPictureTests {
  @Test func eachRunOfOneLookIsWhereItWasOnTheScreen() {
    let picture = ScreenPicture(
      " \u{1B}[1;32mup\u{1B}[0m  \u{1B}[38;5;196;48;2;1;2;3m<x>\u{1B}[39;49m\n\u{1B}[7mkey\u{1B}[27m█▌\n\n",
      columns: 20)
    let lines = picture.svg(title: "a & b").split(separator: "\n").map(String.init)
    #expect(lines.first?.contains("viewBox=\"0 0 192 60\"") == true, "\(lines)")
    #expect(lines.contains("<title>a &amp; b</title>"))
    #expect(
      lines.contains {
        $0.contains("x=\"20.4\"") && $0.contains("#8fbf7f") && $0.contains("bold")
          && $0.hasSuffix(">up</text>")
      }, "\(lines)")
    #expect(lines.contains { $0.contains("fill=\"#010203\"") && $0.contains("width=\"25.2\"") })
    #expect(lines.contains { $0.contains("fill=\"#ff0000\"") && $0.hasSuffix(">&lt;x&gt;</text>") })
    // Reversed: the ink is the paper. A block is a rectangle, also half a one.
    #expect(lines.contains { $0.contains("fill=\"#16181d\"") && $0.hasSuffix(">key</text>") })
    #expect(lines.contains { $0.hasPrefix("<rect x=\"45.6\"") && $0.contains("width=\"4.2\"") }, "\(lines)")
  }

  /// Every view in every theme, each on its own page of docs/themes.md.
  @Test(arguments: ScreenPicture.themes, ScreenPicture.views)
  func eachViewIsThereInEachTheme(theme: String, view: String) throws {
    let docs = sampleDirectory("").replacing("/samples/", with: "/docs")
    let text = try readText("\(docs)/pictures/themes/\(theme)-\(view).svg")
    let document = XMLParser(data: Data(text.utf8))
    #expect(document.parse(), "\(String(describing: document.parserError))")
    #expect(text.contains("/etc/postfix") && text.contains("\(view) in the theme \(theme)"))
    #expect(try readText("\(docs)/themes.md").contains("(pictures/themes/\(theme)-\(view).svg)"))
  }

  @Test(arguments: ["gateways", "pools", "sharing"]) func thePictureIsThere(name: String) throws {
    let folder = sampleDirectory("").replacing("/samples/", with: "/docs/pictures/")
    let text = try readText("\(folder)\(name).svg")
    let document = XMLParser(data: Data(text.utf8))
    #expect(document.parse(), "\(String(describing: document.parserError))")
    for words in ["mx.here.example", "gw1.example"] { #expect(text.contains(words), "\(name): \(words)") }
  }
}
