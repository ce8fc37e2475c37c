// Passwords in a diff that is shown or handed on: the lines stay, the secrets do not.

import Changes
import PostfixFiles

extension MailConfig {
  /// The parameters whose tables hold names and passwords.
  private static let secretTables = ["smtp_sasl_password_maps", "lmtp_sasl_password_maps"]

  /// A diff of the file at `path` without its passwords: what follows the colon of `user:password` in a table of
  /// credentials, and the whole value of a parameter that is about passwords and has them in its place.
  package func maskingSecrets(in diff: Bytes, of path: String) -> Bytes {
    let isTable = Self.secretTables.contains { name in
      tables(name).contains { table in
        guard case .success(let spec) = table, case .file(let own) = spec.unproxied.content else {
          return false
        }
        return absolute(own) == path
      }
    }
    let lines = diff.split(separator: .newline, omittingEmptySubsequences: false)
    var isInSecret = false
    let masked = lines.map { line -> Bytes in
      guard let mark = line.first, [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: " ")].contains(mark),
        !line.starts(with: Bytes("+++".utf8)), !line.starts(with: Bytes("---".utf8))
      else { return Bytes(line) }
      let text = line.dropFirst()
      if text.first == .hash { return Bytes(line) }
      if isTable {
        guard let space = text.firstIndex(where: \.isSpace),
          let colon = text[space...].firstIndex(of: .colon)
        else { return Bytes(line) }
        return Bytes(line[...colon]) + Bytes("********".utf8)
      }
      if text.first?.isSpace != true {
        let name = text.prefix { !$0.isSpace && $0 != UInt8(ascii: "=") }.text
        let value = text.drop { $0 != UInt8(ascii: "=") }.text
        isInSecret = name.contains("password") && (value.contains("inline:") || value.contains("static:"))
        guard isInSecret, let equals = text.firstIndex(of: UInt8(ascii: "=")) else { return Bytes(line) }
        return Bytes(line[...equals]) + Bytes(" ********".utf8)
      }
      return isInSecret ? [mark] + Bytes("    ********".utf8) : Bytes(line)
    }
    return Bytes(masked.joined(separator: [.newline]))
  }

  /// The diffs of all files of a change, without their passwords.
  package func maskedDiff(of set: ChangeSet) -> Bytes {
    set.changes.flatMap { maskingSecrets(in: FileDiff($0).unified, of: $0.path) }
  }
}
