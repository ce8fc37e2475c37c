// Values that name a pool already, and not as the agent runs it: `smtp:randmap:...`, `randmap:{...}`.

import PostfixFiles
import Routing

extension Converter {
  /// `default_transport = randmap:{a, b}` is no table: the same in the separator notation.
  mutating func rewriteValue(_ site: PoolSite) throws(EditError) {
    guard let place = site.value.span(), place == site.ownPlace(in: config) else {
      throw .notInOnePlace(site.id)
    }
    let text = "randmap:\(try separated(site.content, for: site))"
    splice(place.file, place.range, place.file == config.main.document.path ? escapedForMainCf(text) : text)
    replace(site, at: [site.scope])
  }

  /// `smtp:randmap:![a]![b]` to `randmap:!smtp:[a]!smtp:[b]`, laid out as it is.
  mutating func prefixMembers(_ site: PoolSite, filesDone: inout Set<String>) throws(EditError) {
    guard let transport = site.text.transport, let place = site.value.span(),
      place == site.ownPlace(in: config), let start = site.value.fileRange(0..<transport.utf8.count + 1)
    else { throw .notInOnePlace(site.id) }
    if site.prefix.utf8.contains(where: site.text.notation.form.layout.lead.contains) {
      throw .cannotConvert(
        site.id, reason: "its separator occurs in \"\(site.prefix)\": need another one, such as !")
    }
    splice(start.file, start.range, "")
    replace(site, at: [site.scope])
    if site.isInFile {
      guard let path = site.anchor?.file, let document = config.document(path) else { return }
      let others = sites.contains { other in
        other.isInFile && other.anchor?.file == path
          && (other.prefix != site.prefix || !selected.contains { $0.index == other.index })
      }
      if others {
        throw .cannotConvert(
          site.id,
          reason: "\(path) is used elsewhere too, in another way: give this pool a file of its own first")
      }
      guard filesDone.insert(path).inserted else { return }
      for item in site.pool.text.items { splice(path, item.lowerBound..<item.lowerBound, site.prefix) }
      for item in config.drainedItems(in: FileRange(file: path, range: 0..<document.count)) {
        splice(
          path, item.line.range,
          DrainedItem.comment(
            result: site.prefix + item.result, weight: item.weight, drain: item.drain, pool: item.pool))
      }
      return
    }
    for item in site.text.items {
      guard let range = site.text.text.fileRange(item), range.file == place.file else {
        throw .notInOnePlace(site.id)
      }
      splice(range.file, range.range.lowerBound..<range.range.lowerBound, site.prefix)
    }
  }

  mutating func rewriteEntries(of item: TableSpec, in span: FileRange) throws(EditError) {
    guard case .entries(let entries) = item.content, span.file == config.main.document.path else {
      throw .notInOnePlace(item.text.text)
    }
    var leaves: [SpecText] = []
    for (key, value) in entries {
      let site = selected.first { site in
        guard case .inlineEntry(_, key) = site.site.place else { return false }
        return site.site.table?.item.text.span() == span && site.text.path == nil
      }
      var text = value.text
      if let site {
        text = "randmap:\(try separated(site.content, for: site))"
        try guardInline(text, for: site)
        replace(site, at: [site.scope])
      }
      leaves.append(.leaf("{\(key)=\(escapedForMainCf(text))}"))
    }
    splice(span.file, span.range, SpecText.group("inline", leaves).rendered(indent: 4))
  }
}

extension PoolSite {
  /// Where its value is, if that is in the line of its own parameter or entry and in no other.
  fileprivate func ownPlace(in config: MailConfig) -> FileRange? {
    switch site.place {
    case .parameter(let parameter): config.main[parameter]?.value.span()
    case .entry: value.span()
    default: nil
    }
  }
}
