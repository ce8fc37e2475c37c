// No password in a diff that is shown.

import Glibc
import PostfixFiles
import TestSupport
import Testing

@testable import Changes
@testable import Editing

@Suite struct SecretMaskTests {
  private static let credentials = "smtp_sasl_password_maps = lmdb:/etc/postfix/sasl_passwd\n"

  private func masked(
    _ before: String, _ after: String, of path: String = "/etc/postfix/main.cf", main: String? = nil,
    master: String = ""
  ) -> String {
    let config = MailConfig(directory: "/etc/postfix", main: main ?? after, master: master)
    return config.masked(FileDiff(path: path, before: Bytes(before.utf8), after: Bytes(after.utf8))).unified
      .text
  }

  @Test func aTableOfCredentialsKeepsItsKeysAndUsers() {
    let shown = masked(
      """
      # user:password of each relay
      #[gw0.example] me:secret0
      [gw1.example]:587 me:old secret
      [gw2.example] you:secret2

      """,
      """
      # user:password of each relay
      #[gw0.example] me:secret0
      [gw1.example]:587\tme:new:secret
      [gw2.example] you:secret2
      [gw3.example]
        him:secret3

      """, of: "/etc/postfix/sasl_passwd", main: Self.credentials)
    for secret in ["secret", "new", "old"] { #expect(!shown.contains(secret), "\(shown)") }
    #expect(shown.contains("-[gw1.example]:587 me:********\n"))
    #expect(shown.contains("+[gw1.example]:587\tme:********\n"))
    #expect(shown.contains(" # user:password of each relay\n #[gw0.example] me:********\n"))
    #expect(shown.contains("+[gw3.example]\n+  him:********\n"))
  }

  /// A table that was named when it was written, and is no more.
  @Test(arguments: ["old_passwd", "relay_login"]) func aTableThatNoSettingNames(name: String) {
    let shown = masked(
      "", "[gw1.example]:587 me:secret\n", of: "/etc/postfix/\(name)", main: "relayhost = a\n")
    #expect(shown.contains("+[gw1.example]:587 me:********\n"))
  }

  /// What is no entry as it should be has a password in it none the less.
  @Test(arguments: [
    ("[gw1.example]:587=me:secret", "[gw1.example]:587..."),
    ("gw1.example:587,me:secret", "gw1.example:587..."),
    ("#[gw1.example]=me:secret", "#[gw1.example]..."), ("[gw1.example] me|secret", "[gw1.example] ********"),
    ("# [gw1.example] me:secret of old", "# [gw1.example] me:********"), ("[gw1.example]", "[gw1.example]"),
    ("# see also: the notes", "# see also: the notes"), ("#####", "#####"),
    ("bob:secret [gw1.example]", "bob... ********"), ("bob@example.com:secret", "bob@example.com..."),
    ("gw1.example:secret", "gw1.example..."), ("gw1.example:submission", "gw1.example:submission"),
  ])
  func anEntryThatIsNone(line: String, shown: String) {
    let diff = masked("", line + "\n", of: "/etc/postfix/sasl_passwd", main: Self.credentials)
    #expect(diff.contains("+\(shown)\n"), "\(diff)")
  }

  /// However the value is written, and wherever the part of it that a diff shows begins.
  @Test(arguments: [
    "smtp_sasl_password_maps = inline:{ {[gw1.example]=me:secret1},\n    {[gw2.example]=me:secret2} }\n",
    "smtp_sasl_password_maps=static:me:secret1\n",
    "smtp_sasl_password_maps =\n    inline:{\n    {[gw1.example]=me:secret1}\n    {[gw2.example]=me:secret2} }\n",
    "smtp_sasl_password_maps = inline:{\n# {[gw0.example]=me:secret0}\n  {[gw1.example]=me:secret1}\n# old\n  {[gw2.example]=me:secret2}}\n",
    "smtp_sasl_password_maps = hash:/etc/x, inline:{\n  {a=me:secret1}\n  {b=me:secret2}\n  {c=me:secret3}\n  {d=me:secret4}\n  {e=me:secret5}}\n",
    "smtp_sasl_password_maps = $creds\ncreds = inline:{{[gw1.example]=me:secret1}}\n",
    "smtp_sasl_password_maps = ${one}, $(two)\none =\n  static:me:secret1\ntwo = inline:{ {a=me:secret2} }\n",
    "#smtp_sasl_password_maps = inline:{{[gw1.example]=me:secret1}}\n",
    "# smtp_sasl_password_maps =\n#   inline:{{[gw1.example]=me:secret1}}\n",
    "lmtp_sasl_password_maps = proxy:inline:{{[gw1.example]=me:secret1}}\n",
    "login = u:secret1\nsmtp_sasl_password_maps = static:$login\n",
    "c = pcre:{ { /./ proxy:secret1 } }\nsmtp_sasl_password_maps = $c\n",
    "smtp_sasl_password_maps = unionmap:{pcre:{{/./ u:secret1}}, hash:/etc/x}\n",
    "# old: smtp_sasl_password_maps = static:u:secret1\n", "#foo_password =\n#   secret1\n",
    "foo_password = /secret1\n", "foo_password = hash:secret1\n", "y_password = $secret1\n",
    "x_password = ${y?{secret1}}\n", "x = mongodb://u:p@secret1@h/db\n", "x = postgresql://u:a/secret1@h\n",
    "smtp_sasl_password_maps\n  = static:u:secret1\n", "my_password\n = secret1\n", "vl_bind_pw = secret1\n",
    "my_password = secret:1\n", "ldap_bindpw = sec:ret\n",
    "x_passwd =\n\tsecret1\n",
    "transport_maps = ldap:vl\nvl_server_host = ldap://me:secret1@ldap.example\n",
    "smtp_sasl_auth_enable = yes\n smtp_sasl_password_maps=static:me:secret1\n",
    "smtp_sasl_auth_enable = yes\n  smtp_sasl_password_maps = inline:{\n  {a=me:secret1}}\n",
    "smtp_sasl_auth_enable = yes\n  my_password =\n  secret1\n", "x = postgresql://h/db?password=secret1\n",
    "x = yes my_password=secret1\n", "smtp_sasl_password_maps static:me:secret1\n",
    "x = postgresql://h/db?user=u&password=secret1&a=b, postgresql://u:secret2@h\n",
  ]) func noSecretOfMainCfIsShown(secret: String) {
    let padding = (0..<4).map { "# line \($0)\n" }.joined()
    for (before, after) in [
      ("relayhost = [gw1.example]\n" + secret, "relayhost = [gw2.example]\n" + secret),
      (secret + "relayhost = [gw1.example]\n", secret + "relayhost = [gw2.example]\n"),
      (secret + padding, padding), (padding, secret + padding),
      (secret, secret.replacing("secret", with: "other-secret")),
    ] {
      let shown = masked(before, after)
      #expect(!shown.contains("secret1") && !shown.contains("secret2"), "\(shown)")
      #expect(
        !shown.contains("secret0") && !shown.contains("secret5") && !shown.contains("secret4"), "\(shown)")
      #expect(!shown.contains("secret:1") && !shown.contains("sec:ret"), "\(shown)")
      #expect(before.contains("relayhost") == shown.contains("-relayhost = [gw1.example]\n"), "\(shown)")
    }
  }

  @Test(arguments: [
    "smtp unix - - n - - smtp -o smtp_sasl_password_maps=static:me:secret1 -o smtp_helo_name=x\n",
    "smtp unix - - n - - smtp\n  -o smtp_sasl_password_maps=inline:{{a=me:secret1}}\n  -o smtp_helo_name=x\n",
    "smtp unix - - n - - smtp\n  -o { smtp_sasl_password_maps = inline:{{a=me:secret1},\n    {b=me:secret2}} }\n",
    "smtp unix - - n - - smtp\n  -o { smtp_sasl_password_maps = inline:{\n    { a = u:secret },\n    { b = u:secret } } }\n",
    "smtp unix - - n - - smtp\n  -o { smtp_sasl_password_maps =\n    static:u:secret }\n",
    "smtp unix - - n - - smtp\n  -o { smtp_sasl_password_maps\n    = static:u:secret }\n",
    "smtp unix - - n - - smtp\n  -o {\n    smtp_sasl_password_maps = static:u:secret }\n",
    "smtp unix - - n - - smtp -o smtp_sasl_password_maps=$creds -o creds=static:u:secret\n",
    "smtp unix - - n - - smtp -o my_ldap_bind_pw=/secret\n",
    "#smtp unix - - n - - smtp -o smtp_sasl_password_maps=static:me:secret1\n",
    "smtp unix - - n - - smtp -o smtp_sasl_password_maps static:me:secret\n",
    "smtp unix - - n - - smtp -o smtp_sasl_password_maps = static:me:secret\n",
    "smtp unix - - n - - smtp\n  -o smtp_sasl_password_maps\tstatic:me:secret\n",
    "smtp unix - - n - - smtp\n  -o smtp_sasl_password_maps=static:me:pass\n    secret\n",
    "filter unix - n n - - pipe\n  flags=Rq user=x argv=/bin/x --password secret\n",
    "filter unix - n n - - pipe flags=Rq user=x argv=/bin/x --sasl-password secret y\n",
  ]) func noSecretOfMasterCfIsShown(services: String) {
    let path = "/etc/postfix/master.cf"
    for (before, after) in [
      (services, services + "lane unix - - n - - smtp\n"), (services, ""), ("", services),
    ] {
      let shown = masked(before, after, of: path, main: "", master: after)
      #expect(!shown.contains("secret") && shown.contains("********"), "\(shown)")
    }
  }

  /// The table of a service of its own.
  @Test func theCredentialsOfAServiceAreMaskedToo() {
    let shown = masked(
      "", "[gw1.example] me:secret1\n", of: "/etc/postfix/lane_passwd", main: "",
      master: "lane unix - - n - - smtp -o smtp_sasl_password_maps=hash:/etc/postfix/lane_passwd\n")
    #expect(shown.contains("+[gw1.example] me:********\n"))
  }

  /// A password that only master.cf refers to, and one of a directory that is named by another spelling.
  @Test func whereverTheReferenceIs() throws {
    let main = "mycreds = static:u:secret\n"
    let shown = masked(
      main, main + "a = b\n",
      master: "lane unix - - n - - smtp -o smtp_sasl_password_maps=$mycreds\n")
    #expect(!shown.contains("secret") && shown.contains("+a = b"), "\(shown)")
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("real")
    try directory.write("real/main.cf", "relayhost = x\nsmtp_sasl_password_maps = static:u:secret\n")
    symlink(directory.file("real"), directory.file("link"))
    let text = Bytes(try readText(directory.file("real/main.cf")).utf8)
    for (name, other) in [("real", "link"), ("link", "real"), ("real/../link", "real")] {
      let config = MailConfig(directory: directory.file(name), main: text.text)
      let diff = FileDiff(
        path: directory.file("\(other)/main.cf"), before: text, after: text + Bytes("a = b\n".utf8))
      #expect(!config.masked(diff).unified.text.contains("secret"), "\(name) as \(other)")
    }
  }

  /// A line that stays, where only the text before or only the one after says that it is about a password.
  @Test func aReferenceThatComesOrGoes() {
    let (plain, reference) = ("cred = u:secret\n", "smtp_sasl_password_maps = static:$cred\n")
    for shown in [masked(plain + reference, plain), masked(plain, plain + reference)] {
      #expect(!shown.contains("secret") && shown.contains(" cred = ********\n"), "\(shown)")
    }
  }

  /// A password that was taken out of main.cf since is none the less one in what stands in the way of an undo.
  @Test func aConflictShowsNoPasswordThatIsGone() {
    let config = MailConfig(directory: "/etc/postfix", main: "relayhost = [b]\n")
    let lines = ["relayhost = [c]", "smtp_sasl_password_maps = static:$cred", "cred = u:secret"].map {
      Bytes($0.utf8)
    }
    let conflict = UndoConflict(
      path: "/etc/postfix/main.cf", line: 1, left: lines, now: [Bytes("relayhost = [b]".utf8)], wanted: lines)
    let shown = config.maskedLines(of: [conflict])
    #expect(!shown.joined().contains("secret") && shown.contains("    relayhost = [c]"), "\(shown)")
  }

  /// What is no text of a known encoding stays as it is: patch(1) has to find it.
  @Test func otherBytesStayAsTheyAre() {
    let odd: Bytes = [0x23, 0xE4, 0xF6, 0x20] + Bytes("mailto:x@y\n".utf8)
    let config = MailConfig(directory: "/etc/postfix", main: "")
    let diff = FileDiff(path: "/etc/postfix/transport", before: odd, after: odd + Bytes("a b\n".utf8))
    #expect(config.masked(diff).unified == diff.unified)
  }

  /// Names of tables, other settings and other tables are no secrets.
  @Test(arguments: [
    "smtp_sasl_password_maps = lmdb:$config_directory/sasl_passwd\n",
    "smtp_sasl_password_maps = hash:/etc/$myhostname\nmyhostname = mx.example.com\n",
    "smtp_sasl_password_maps = proxy:mysql:/etc/postfix/pw.cf, texthash:/etc/postfix/other\n",
    "smtp_sasl_password_maps =\n# to be done: which?\nrelayhost = [gw1.example]\n",
    "transport_maps = inline:{{a.example=smtp:[gw1.example]}}\n",
    "smtp_sasl_password_maps =\n  hash:/etc/postfix/sasl_passwd\n", "x = http://h/db?name=a&b=c\n",
  ]) func whatIsNoSecretIsShown(text: String) {
    let shown = masked("", text)
    #expect(!shown.contains("*"), "\(shown)")
  }

  @Test func anyOtherTableIsShownAsItIs() {
    let shown = masked(
      "example.com smtp:[gw1.example]:25\n", "example.com smtp:[gw2.example]:25\n",
      of: "/etc/postfix/transport", main: Self.credentials)
    #expect(shown.contains("-example.com smtp:[gw1.example]:25\n+example.com smtp:[gw2.example]:25\n"))
  }
}
