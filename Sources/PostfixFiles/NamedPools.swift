// Pools that have a name: `randmap:my_pool` is the pool that the parameter my_pool holds. Its value is a pool as it stands
// elsewhere, or, in a parameter of the administrator's own, the text behind `randmap:` alone.

extension Parameters {
  /// The pool that `name` stands for; nil where main.cf sets no such parameter, or it holds no pool. A name for a name is
  /// none: it could lead in a circle.
  public func namedPool(_ name: String) -> PoolText? {
    guard isSet(name), let value = try? value(name), let first = value.trimmed().bytes.first else {
      return nil
    }
    let text: PoolText
    if let written = PoolText(value: value) {
      text = written
    } else {
      // A letter would be a separator behind `randmap:`; here it begins a destination, or anything else.
      guard !first.isNameByte else { return nil }
      text = PoolText(body: value)
    }
    guard text.transport == nil else { return nil }
    switch text.notation {
    case .separator, .file: return text
    case .stock, .named, .single: return nil
    }
  }

  /// `text` with a name resolved; nil where it is a name that stands for no pool.
  public func resolved(_ text: PoolText) -> PoolText? {
    guard let name = text.name else { return text }
    return namedPool(name)
  }
}
