// What a login is in a text, and what only looks like one: URLs, next hops, lists and addresses.

import TestTraits
import Testing

@testable import PostfixFiles

@Suite(.waits) struct LoginMaskTests {
  @Test func aTextIsMaskedBeforeItIsCut() {
    let secret = String(repeating: "Geheim7", count: 100)
    for length in [100, 250, 590, 950, 990] {
      let text = String(repeating: "a", count: length) + " smtp:me:\(secret)@[127.0.0.2] b"
      #expect(!excerpt(text).contains("Geheim") && !excerpt(Bytes(text.utf8)).contains("Geheim"))
      #expect(!spoken(text.utf8, atMost: 300).contains("Geheim"), "\(spoken(text.utf8, atMost: 300))")
    }
    #expect(excerpt(String(repeating: "ab ", count: 1_000)) == String(repeating: "ab ", count: 333) + "a...")
  }

  /// Addresses, next hops, lists and scopes stay as they are.
  @Test(arguments: [
    "user@example.com", "to:user@example.com", "from:user@[127.0.0.1]", "smtp:[gw1.example]:587",
    "https://example.com/a?b=c",
    "hash:/etc/postfix/transport", "u@[127.0.0.1]", "relay:[in1.example],[in2.example]", "//a",
    "ldap://h/ou=a,o=b??sub?mail=u@h", "to:smtp:user@example.com", "socketmap:unix:/a:b@c",
    "[2001:db8::1]:25", "!smtp:[2001:db8::1]:25!local:u@h", "[IPv6:2001:db8::1]:25/u@h",
    "!smtp:[gw1]:25!relay:u@h", "gw1.example:587:u@h",
    "main.cf:3:user@example.com", "12:30:45:u@h", "[^:;@]+", "smtp:user@example.com",
    "user@example.com smtp:[gw1.example]:587", "/etc/postfix/transport:3:5: u@example.com",
    "smtp:[a]:25,relay:[b]:587,u@h", "smtp:gw1.example:587,u@h", "smtp:gw1.example:submission,u@h",
    "!smtp:[a]:25!relay:gw2.example:25", "gw[127.0.0.1]:25: refused", "[127.0.0.1]:25:", "proxy:mysql:/a,u@h",
    "smtp:[a]:25:smtp:[b]", "error:main.cf:3:5:x", "a.cf:3:b:c", "2001:db8:0:1::5",
    "12:30:45:12", "smtp:gw1.example:587:x", "!smtp:a.b:25!relay:c.d:26!smtp:e.f:27", "main.cf:3:x,u@h",
    "/^[a-z]:(x):y/",
  ])
  func whatHasNoLoginIsShown(text: String) throws {
    #expect(printable(text) == text)
    #expect(
      OutputForm.safeJSON(Bytes("[\"\(text)\",\"user@host\"]".utf8)).text == "[\"\(text)\",\"user@host\"]")
  }

  @Test(arguments: [
    ("ldap://u:p@h", "ldap://u:********@h"), ("a://u:p@h,b://v:q@i", "a://u:********@h,b://v:********@i"),
    ("ldap://cn=x,o=y:p,q@h", "ldap://cn=x,o=y:********@h"),
    ("see smtp://u:p/@q@h.", "see smtp://u:********@h."),
    ("pg://h/db?user=u&password=p", "pg://h/db?user=u&password=********"),
    ("the host \"//user:p@h\" is none", "the host \"//user:********@h\" is none"),
    ("//user:p@h", "//user:********@h"),
    ("smtp:user:p@[gw1.example]:587", "smtp:********@[gw1.example]:587"),
    ("randmap:!smtp:[a]!user:p@[b]!smtp:[c]", "randmap:!smtp:[a]!user:********@[b]!smtp:[c]"),
    ("smtp:user:p@gw1.example", "smtp:********@gw1.example"),
    ("smtp:user:p@gw1.example:587", "smtp:********@gw1.example:587"),
    ("see smtp:me@dom.example:p:q@h: no", "see smtp:********@h: no"),
    ("[user:p@gw1.example]", "[user:********@gw1.example]"),
    ("smtp:user:p!(<|;'q@127.0.0.1:587", "smtp:********@127.0.0.1:587"),
    ("!smtp:u:p!q@h!smtp:[gw2.example]", "!smtp:********@h!smtp:[gw2.example]"),
    ("smtp:[u:p[q@h]:587", "smtp:[u:********@h]:587"), ("smtp:[u:p]q@h]:587", "smtp:[u:********@h]:587"),
    ("smtp:do/u:p@h", "smtp:********@h"), ("smtp:us*er:p@h", "smtp:********@h"),
    ("smtp::p@h", "smtp:********@h"), ("SMTP:u:p@h", "SMTP:********@h"),
    ("my.smtp:u:p@h", "my.smtp:********@h"),
    ("[u:p@h/x]:587", "[u:********@h/x]:587"), ("smtp:[u:p@ h]:587", "smtp:[u:********@ h]:587"),
    ("static:smtp:u:p@h", "static:smtp:********@h"),
    ("smtp:[user:p/q@h]:587,[b]", "smtp:[user:********@h]:587,[b]"),
    ("smtp:u:p,q@h", "smtp:********@h"), ("smtp:u:p\"q@h", "smtp:********@h"),
    ("smtp:u:p{q}@h", "smtp:********@h"), ("smtp:[u:p,q@h]:587", "smtp:[u:********@h]:587"),
    ("randmap:{smtp:u:p,q@a,relay:v:r@b}", "randmap:{smtp:********@a,relay:********@b}"),
    ("smtp:u:p,q@[h]:25", "smtp:********@[h]:25"), ("smtp:u/p@h", "smtp:********@h"),
    ("smtp:gw1.example:587:me:p", "smtp:gw1.example:587:********"),
    ("smtp:gw1.example:me:p", "smtp:gw1.example:********"),
    ("!smtp:a.b:25!smtp:c.d:u:p!smtp:e", "!smtp:a.b:25!smtp:c.d:********!smtp:e"),
    ("smtp:[h]:u:p", "smtp:[h]:********"), ("[h]:587:u:p", "[h]:587:********"),
    ("!smtp:[h]:u:p!smtp:[b]:25", "!smtp:[h]:********!smtp:[b]:25"),
    ("smtp:[h]:u:p,q", "smtp:[h]:********,********"),
    ("randmap:{smtp:[u:p@a]:26,relay:v:q@b}", "randmap:{smtp:[u:********@a]:26,relay:********@b}"),
  ])
  func aLoginIsNot(text: String, shown: String) {
    func raw(_ text: String) -> String { text.replacing("\"", with: "\\\"") }
    #expect(printable(text) == shown && printable(shown) == shown)
    #expect(
      OutputForm.safeJSON(Bytes("{\"a\":\"\(raw(text))\",\"b\":\"u@h\"}".utf8)).text
        == "{\"a\":\"\(raw(shown))\",\"b\":\"u@h\"}")
  }

  /// Each is looked at once.
  @Test(arguments: [
    "://", "a://,", "@[", "a:@[", "://@[", "[a:b@", "[a:b@c]", "a:b:c@d", "a:b:c@d,", ":@", "u:p@[h],",
    "a:b:c,", "[a]:b:c,",
    "a:b.c:d:e", "]:", "[a]:", "a:b/c,", "[a:b,", "\\\"", "a:b:c\\\"d@e ",
  ])
  func manyOfThemTakeNoTime(text: String) {
    let long = String(repeating: text, count: 200_000)
    let start = ContinuousClock.now
    _ = (printable(long), OutputForm.safeJSON(Bytes(long.utf8)))
    #expect(start.duration(to: .now) < .seconds(60), "the square of it takes hours")
  }

  /// Of a line with thousands of settings the rest is not looked at for each.
  @Test func manySettingsInALineTakeNoTime() {
    let tables = String(repeating: " hash:/a_passwd_maps=", count: 20_000)
    let config = MailConfig(
      directory: "/nowhere", main: "relayhost = [127.0.0.2]\n", master: "smtp unix - - n - - smtp\n")
    let start = ContinuousClock.now
    for (name, text) in [
      ("main.cf", "# x a_passwd_maps=\(tables)\n"), ("main.cf", "y = a_passwd_maps=\(tables)\n"),
      ("main.cf", "a_passwd_maps =\(tables)\n"),
      ("master.cf", "x unix - - n - - smtp a_passwd_maps=\(tables)\n"),
      ("master.cf", "x unix - - n - - smtp -o { a_passwd_maps =\(tables) }\n"),
      ("main.cf", String(repeating: "a_passwd_maps = hash:/a\n", count: 20_000)),
    ] {
      _ = config.maskedLines(Bytes(text.utf8), of: "/nowhere/\(name)")
    }
    #expect(start.duration(to: .now) < .seconds(60), "the square of it takes hours")
  }
}
