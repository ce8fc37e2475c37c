// `randmap:my_pool`: the parameter my_pool contains the pool. Its value is a pool as it is written elsewhere, or, in a
// parameter of the administrator's own, only the text after `randmap:`.

import PostfixFiles

package struct NamedNotation: PoolNotation {
  package let name = "named"
  package let words = "named"
  package let needsAgent = true

  /// A letter or an underscore first, then only what the name of a parameter is made of. A letter separates too, but
  /// then an item contains what no name does: a colon.
  package static func read(
    _ body: SourcedText, _ whole: Range<Int>
  ) -> (notation: Notation, items: [Range<Int>])? {
    let name = body.bytes[whole]
    guard let first = name.first, first.isNameByte, !first.isDigit,
      name.allSatisfy({ $0.isNameByte || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
    else { return nil }
    return (.named(body[whole].text), [])
  }
}

extension Parameters {
  /// The pool that `name` means; nil where main.cf sets no such parameter, or it contains no pool. A name that refers to
  /// another name is not followed: it could loop.
  package func namedPool(_ name: String) -> PoolText? {
    guard isSet(name), let value = try? value(name), let first = value.trimmed().bytes.first else {
      return nil
    }
    let text: PoolText
    if let written = PoolText(value: value) {
      text = written
    } else {
      // After `randmap:` any character would be a separator; here a letter or a bracket begins a destination, or anything else.
      guard !first.isNameByte, first != UInt8(ascii: "["), RoutingParameter(rawValue: name) == nil else {
        return nil
      }
      text = PoolText(body: value)
    }
    return text.transport == nil && text.notation.form.mayBeNamed ? text : nil
  }

  /// `text` with a name resolved; nil where it is a name that means no pool.
  package func resolved(_ text: PoolText) -> PoolText? {
    guard let name = text.name else { return text }
    return namedPool(name)
  }

  /// The path of the pool file that a value names, as it is written.
  package func poolFile(of value: SourcedText) -> String? {
    guard PoolText.mayBeElsewhere(value) else { return nil }
    return PoolText(value: value).flatMap { resolved($0)?.path }
  }
}
