// The theme `default` where its file is not to be found: the program may have been copied without its folder. A test
// holds the two together.

import PostfixFiles

extension Theme {
  static let builtIn: Theme = {
    let document = Document(path: "default", bytes: Bytes(builtInText.utf8))
    return (try? Theme(MainCf(document))) ?? .monochrome
  }()

  static let builtInText = """
    # The terminal's own colours: the 16 named ones, as the person has set them up, on its own background.
    # Each line is `role = colour`, with bold, dim, reverse or underline after it or in its place;
    # `role.bg = colour` is the background. A colour is default, a name, 0-255 or #rrggbb.

    title = bold
    header = bold
    dim = dim
    key = cyan bold
    border = dim
    selection = reverse
    input = underline
    bar = blue
    live = magenta bold
    demo = cyan
    production = white bold
    production.bg = red

    up = green
    degraded = yellow
    down = red bold
    refused = magenta bold
    drained = dim
    unknown = default

    added = green
    removed = red
    changed = yellow bold
    error = red bold
    warning = yellow
    info = cyan

    """
}
