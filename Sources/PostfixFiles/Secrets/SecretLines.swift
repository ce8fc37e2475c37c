// Which lines of a file are not shown as they are, since they have a password in them.

extension MailConfig {
  /// The lines of a file that are not shown as they are, by their numbers from 1.
  package func maskedLines(_ text: Bytes, of path: String) -> [Int: Bytes] {
    var mask = mask(of: path, text)
    var masked: [Int: Bytes] = [:]
    for (index, line) in text.split(separator: .newline, omittingEmptySubsequences: false).enumerated() {
      let shown = mask.line(Bytes(line))
      if shown != Bytes(line) { masked[index + 1] = shown }
    }
    return masked
  }

  /// A value without the passwords of other settings in it, as a table with braces has them.
  package func hidingSettings(in value: Bytes) -> Bytes { secretNames.maskingSentence(value) }

  /// See `hidingSettings(in:)` for bytes.
  package func hidingSettings(in value: String) -> String {
    value.utf8.contains(UInt8(ascii: "=")) ? hidingSettings(in: Bytes(value.utf8)).text : value
  }

  private var secretNames: SecretNames {
    workedOut {
      SecretNames(main.assignments, overrides: (master?.services ?? []).flatMap(\.overrides))
    }
  }

  /// The mask for the text of a file.
  ///
  /// - Parameters:
  ///   - isPart: whether what stood before the first line is not known.
  ///   - sparing: whether a value stays that something else refers to as well.
  package func mask(
    of path: String, _ text: Bytes, isPart: Bool = false, sparing: Bool = false
  ) -> SecretMask {
    // A directory has several spellings, and the history knows its real path.
    let real = realPaths.of(path)
    func isThere(_ other: String?) -> Bool {
      other.map { $0 == path || realPaths.of($0) == real } ?? false
    }
    if credentialFiles.contains(where: isThere) { return .credentials }
    let (isMain, isMaster) = (isThere(main.document.path), isThere(master?.document.path))
    let services =
      (master?.services ?? []) + (isMaster ? MasterCf(Document(path: path, bytes: text)).services : [])
    let settings = isMain ? MainCf(Document(path: path, bytes: text)) : main
    let names = SecretNames(
      settings.assignments, overrides: services.flatMap(\.overrides), sparing: sparing)
    if isMaster { return .services(names) }
    if isMain { return .settings(names, isInSecret: isPart && names.haveSecrets) }
    // The history has writes of files that no setting names any more.
    if nextHopFiles.contains(where: isThere) { return .nextHopTable }
    let holdsPasswords = Document(path: path, bytes: text).holdsPasswords
    return holdsPasswords && !files.keys.contains(where: isThere) ? .credentials : .other
  }

  /// The files of tables whose answers are next hops alone.
  var nextHopFiles: [String] {
    openTables(.senderRelayhostMaps).compactMap { spec in
      if case .file(let path) = spec.content { absolute(path) } else { nil }
    }
  }

  /// The files of the tables of credentials, of main.cf and of services of their own.
  var credentialFiles: Set<String> {
    var items = OtherTableParameter.credentials.flatMap(tables)
    for override in (master?.services ?? []).flatMap(\.overrides)
    where OtherTableParameter.credentials.contains(override.name) {
      let value = (try? parameters.expand(override.value)) ?? override.value
      items += value.listItems.compactMap { item in (try? TableSpec(item)).map { .success($0) } }
    }
    let specs = items.compactMap { try? $0.get() }.flatMap(\.flattened)
    return Set(
      specs.compactMap { spec in
        if case .file(let path) = spec.content { absolute(path) } else { nil }
      })
  }
}
