// The calls that messages show get the directory that they are for.

import PostfixFiles
import Testing

@Suite struct CallsInMessagesTests {
  @Test(arguments: [
    ("to add it: randmap add outbound gw 3", "to add it: randmap add -c /d outbound gw 3"),
    ("randmap tick", "randmap tick -c /d"),
    ("run `randmap tick`, or \"randmap log\".", "run `randmap tick -c /d`, or \"randmap log -c /d\"."),
    ("need randmap pool class:relay --write", "need randmap pool -c /d class:relay --write"),
    ("(randmap agent)", "(randmap agent -c /d)"),
    ("see randmap --status and randmap pools", "see randmap --status -c /d and randmap pools -c /d"),
    ("in force after: postfix reload (it)", "in force after: postfix -c /d reload (it)"),
    ("sudo randmap undo 3", "sudo randmap undo -c /d 3"),
    ("run: postmap hash:/d/p", "run: postmap -c /d hash:/d/p"),
    ("run: postmap 'hash:/d/a b'; then", "run: postmap -c /d 'hash:/d/a b'; then"),
    ("and run postmap -F hash:/d/p", "and run postmap -c /d -F hash:/d/p"),
    ("run postalias hash:/d/aliases", "run postalias -c /d hash:/d/aliases"),
    ("postconf -n shows it, postqueue -f", "postconf -c /d -n shows it, postqueue -c /d -f"),
    ("first é, then randmap undo", "first é, then randmap undo -c /d"),
    // A call that names one, a program of another name, the name of who speaks, and prose.
    ("randmap agent -c /other", "randmap agent -c /other"),
    ("postfix -c /other reload", "postfix -c /other reload"),
    ("enable randmap-tick.timer", "enable randmap-tick.timer"), ("/run/randmap pool", "/run/randmap pool"),
    ("randmap: nothing to change", "randmap: nothing to change"),
    ("randmap agent: it runs", "randmap agent: it runs"),
    ("run randmap as root", "run randmap as root"), ("randmap", "randmap"), ("randmap ", "randmap "),
    ("no Postfix runs; postfix(1) says so", "no Postfix runs; postfix(1) says so"),
    ("postmap made its index", "postmap made its index"), ("\"postconf -m\" lists", "\"postconf -m\" lists"),
    ("postmap: fatal: open database", "postmap: fatal: open database"),
    ("postmap -c /other hash:/d/p", "postmap -c /other hash:/d/p"),
    // A usage says where options come.
    ("Usage: randmap tick [--reload]", "Usage: randmap tick [--reload]"),
    ("Usage: randmap set <pool> <member>", "Usage: randmap set <pool> <member>"),
    ("See 'randmap tick --help' for more", "See 'randmap tick --help' for more"),
  ])
  func aCallGetsTheDirectory(text: String, named: String) {
    #expect(text.namingDirectory("/d") == named)
    #expect(named.namingDirectory("/d") == named, "once is enough")
    #expect(text.namingDirectory(MailConfig.standardDirectory) == text)
  }

  /// postfix(1) takes a path from the root alone; a shell takes a blank within quotes.
  @Test func eachProgramGetsThePathThatItTakes() {
    #expect(
      "postfix reload, then randmap undo".namingDirectory("a b", path: "/srv/a b")
        == "postfix -c '/srv/a b' reload, then randmap undo -c 'a b'")
    #expect("randmap undo".namingDirectory(".", path: MailConfig.standardDirectory) == "randmap undo")
  }

  @Test func whoMayNotWriteIsToldTheCallOfRoot() {
    #expect(callAsRoot("undo", in: "/d") == "sudo randmap undo -c /d")
    #expect(callAsRoot(in: "/srv/a b") == "sudo randmap -c '/srv/a b'")
    #expect(callAsRoot("...", in: "/d") == "sudo randmap ... -c /d")
    #expect(callAsRoot("log", in: MailConfig.standardDirectory) == "sudo randmap log")
  }
}
