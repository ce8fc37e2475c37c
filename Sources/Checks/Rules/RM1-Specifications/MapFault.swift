// Why Postfix cannot open an item of a list of tables, sorted by what the person probably meant: each item has one
// fault, and each fault its rule.

import PostfixFiles

struct MapFault: Sendable {
  enum Kind: Hashable, Sendable {
    case separator, file, blankBeforeBrace, empty, braces, unknownType, missingType
  }

  let kind: Kind
  /// The offending part.
  let text: SourcedText
}

extension Subject {
  /// The findings for the faults of one kind in main.cf's lists of tables; `message` is given the offending text.
  func findings(
    _ kind: MapFault.Kind, _ message: (_ text: String, _ effect: String) -> String
  ) -> [Finding] {
    mapFaults.filter { $0.fault.kind == kind }.compactMap { parameter, fault in
      Finding(
        fault.text, else: place(of: parameter),
        message(shown(fault.text, in: parameter), effect(of: kind, in: parameter)))
    }
  }

  /// The offending text; of credentials only the type, as a password may follow.
  private func shown(_ text: SourcedText, in parameter: String) -> String {
    guard OtherTableParameter.credentials.contains(parameter), Destination(text).hasColon else {
      return printable(text.bytes)
    }
    return "\(printable(Destination(text).transport.bytes)):..."
  }

  /// What Postfix does as long as the fault is there.
  private func effect(of kind: MapFault.Kind, in parameter: String) -> String {
    let isRouting = RoutingParameter(rawValue: parameter)?.takesTables == true
    switch kind {
    case .missingType, .blankBeforeBrace:
      return isRouting
        ? "trivial-rewrite(8) cannot start, and all mail stops"
        : "no program that reads \(printable(parameter)) can start"
    default:
      return isRouting
        ? "until then each lookup fails, and mail is not accepted"
        : "until then each lookup in \(printable(parameter)) fails"
    }
  }

  private var mapFaults: [(parameter: String, fault: MapFault)] {
    var faults: [(String, MapFault)] = []
    var isCut = false
    let maps = maps + otherMaps
    for (index, item) in maps.enumerated() {
      // Text that a blank separates from its type is part of that fault.
      if isCut, item.text.bytes.first?.isNameByte == false { continue }
      let next = maps.indices.contains(index + 1) ? maps[index + 1] : nil
      let own = MapFault.faults(of: item, before: next?.parameter == item.parameter ? next : nil)
      faults += own.map { (item.parameter, $0) }
      isCut = own.contains { $0.text.bytes.last == UInt8(ascii: ":") }
    }
    return faults
  }
}

extension MapFault {
  static func faults(of item: MapItem, before next: MapItem?) -> [MapFault] {
    switch item.table {
    case .success(let spec): return unknownTypes(in: spec)
    case .failure(let failure):
      // Postfix opens that one.
      if case .tooManyEntries = failure.problem { return [] }
      return [fault(of: failure, before: next)]
    }
  }

  private static func fault(of failure: NamedTableError, before next: MapItem?) -> MapFault {
    let text = failure.text
    let destination = Destination(text)
    let type = destination.transport.text
    let first = destination.nextHop.bytes.first
    guard destination.hasColon, !type.isEmpty else { return MapFault(kind: .missingType, text: text) }
    guard let first else {
      switch next?.text.bytes.first {
      case UInt8(ascii: "{"): return MapFault(kind: .blankBeforeBrace, text: text)
      case let byte? where type == "randmap" && !byte.isNameByte:
        return MapFault(kind: .separator, text: text)
      default: return MapFault(kind: .missingType, text: text)
      }
    }
    guard type == "randmap" else {
      return MapFault(kind: failure.isEmpty ? .empty : .braces, text: text)
    }
    switch first {
    case UInt8(ascii: "/"): return MapFault(kind: .file, text: text)
    case UInt8(ascii: "{"): return MapFault(kind: failure.isEmpty ? .empty : .braces, text: text)
    case let byte where byte.isNameByte || byte == UInt8(ascii: "["):
      return MapFault(kind: .braces, text: text)
    default: return MapFault(kind: .separator, text: text)
    }
  }

  private static func unknownTypes(in spec: TableSpec) -> [MapFault] {
    spec.flattened.compactMap { table in
      let name = Destination(table.text).transport
      guard case .other(let type) = table.type, !TableTypes.known.contains(type) else { return nil }
      return MapFault(kind: .unknownType, text: name)
    }
  }
}

extension NamedTableError {
  /// `{}`, perhaps with separators in it.
  fileprivate var isEmpty: Bool {
    let argument = Destination(text).nextHop
    guard argument.endOfBraces(at: 0) == argument.count else { return false }
    return argument[1..<argument.count - 1].bytes.allSatisfy(\.isListSeparator)
  }
}
