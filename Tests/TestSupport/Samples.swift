// The sample configurations of the source tree.

/// The path of a directory of `samples/`, found from where this file was compiled.
package func sampleDirectory(_ name: String) -> String {
  let parts = #filePath.split(separator: "/").dropLast(3)
  return "/" + parts.joined(separator: "/") + "/samples/" + name
}

/// A copy of a sample that a test may change.
package func copyOfSample(_ name: String) throws(TestFailure) -> TemporaryDirectory {
  let directory = try TemporaryDirectory()
  try copyDirectory(sampleDirectory(name), to: directory.path)
  return directory
}
