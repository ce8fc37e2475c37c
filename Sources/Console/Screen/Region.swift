// A part of the screen that means something to the mouse. Whoever draws it marks it, so that what is seen and what is
// clicked cannot differ.

struct Region: Hashable, Sendable {
  enum Target: Hashable, Sendable {
    /// A row of the list in front.
    case row(Int)
    /// The heading of a column, by which the list can be sorted.
    case order(String)
    /// The name of a view.
    case view(Int)
    /// A hint: what its key does.
    case key(Key)
  }

  let rect: Rect
  let target: Target
}

extension Frame {
  /// How many rows of the list in front show.
  var shownRows: Int { regions.count { if case .row = $0.target { true } else { false } } }

  /// What is at a cell; nil where a click means nothing.
  func target(at place: Point) -> Region.Target? {
    regions.last { region in
      (region.rect.x..<region.rect.maxX).contains(place.x)
        && (region.rect.y..<region.rect.maxY).contains(place.y)
    }?.target
  }
}
