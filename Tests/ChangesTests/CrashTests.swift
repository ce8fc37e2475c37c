// The promise: whatever happens to the process, the directory is the old one or the new one. A process is
// really killed before and after each call that changes a file, and then the next start has its turn.

import Changes
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct CrashTests {
  @Test(arguments: ["before", "after"])
  func killedAtEachCallOfAWrite(_ side: String) throws {
    let reference = try Scene()
    let old = try reference.remains()
    _ = try reference.writer().write(try reference.change())
    let new = try reference.remains()
    #expect(old != new)

    let points = try killAtEachPoint(side) {
      Scene.init
    } target: {
      $0.new
    } check: { scene, moment in
      let after = try scene.remains()
      #expect(after == old || after == new, "killed \(moment): \(after.keys.sorted())")
      let history = try expectedWrites(scene.writer(), scene.directory)
      #expect(history == (after == new ? [true] : []), "killed \(moment)")
      return after == new
    }
    print("crash test, write: killed \(side) each of \(points.total) calls; \(points.new) ended new")
    #expect(points.total > 40)
    #expect(points.new > 0 && points.new < points.total)
  }

  @Test(arguments: ["before", "after"])
  func killedAtEachCallOfAnUndo(_ side: String) throws {
    let old = try Scene().remains()
    let points = try killAtEachPoint(side) {
      {
        let scene = try Scene()
        _ = try scene.writer().write(try scene.change())
        scene.settle()
        return scene
      }
    } target: { _ in
      "undo"
    } check: { scene, moment in
      let after = try scene.remains()
      let history = try expectedWrites(scene.writer(), scene.directory)
      if history == [false] {
        #expect(after == old, "killed \(moment): \(after.keys.sorted())")
      } else {
        #expect(history == [true], "killed \(moment)")
        #expect(after.keys.sorted() == (old.keys + ["fresh"]).sorted(), "killed \(moment)")
        #expect(after["main.cf"]?.bytes == (try readFile(scene.new + "/main.cf")))
      }
      return history == [false]
    }
    print("crash test, undo: killed \(side) each of \(points.total) calls; \(points.new) ended undone")
    #expect(points.new > 0 && points.new < points.total)
  }

  /// Kills a writer at its first call, its second, and so on, until one lives.
  private func killAtEachPoint(
    _ side: String, _ scene: () -> () throws -> Scene, target: (Scene) -> String,
    check: (Scene, String) throws -> Bool
  ) throws -> (total: Int, new: Int) {
    let program = try builtProgram("CrashingWriter")
    var new = 0
    for point in 1... {
      let scene = try scene()()
      let process = try run(
        program, [scene.directory, scene.state, target(scene), side, String(point)])
      if process.status == .exited(0) { return (point - 1, new) }
      try #require(process.status == .killed(signal: SIGKILL), "\(process.summary)")
      let recovery = try scene.writer().recover(scene.directory)
      if try check(scene, "\(side) call \(point), then: \(recovery)") { new += 1 }
      #expect(try scene.writer().recover(scene.directory) == .nothing)
    }
    return (0, 0)
  }
}
