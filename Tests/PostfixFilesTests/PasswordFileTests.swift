// Which files are taken for files of passwords, whose lines are not shown.

import PostfixFiles
import Testing

@Suite struct PasswordFileTests {
  @Test(arguments: ["sasl_passwd", "sasl_creds", "relay-credentials", "SASL", "password.map"])
  func aNameSaysIt(name: String) {
    let document = Document(path: "/etc/postfix/\(name)", bytes: Bytes("smtp.example.com  mx1:s3cret\n".utf8))
    #expect(document.isNamedForPasswords && document.holdsPasswords)
  }

  @Test func entriesSayIt() {
    func holds(_ text: String) -> Bool {
      Document(path: "/etc/postfix/gateways", bytes: Bytes(text.utf8)).holdsPasswords
    }
    #expect(holds("[gw1.example]:587 user:s3cret\n") && holds("gw1.example user@example.com:s3cret\n"))
    #expect(!holds("example.com smtp:[gw1.example]\n") && !holds("[192.0.2.1] relay:gw1.example\n"))
  }
}
