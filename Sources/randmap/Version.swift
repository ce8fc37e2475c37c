// The version. A tag v0.1.0 has to name the same one (packaging/version); packages of other commits put in a number that
// sorts before it.

/// The output of --version: the release that these sources become, or are.
let randmapVersion = "0.1.0"
