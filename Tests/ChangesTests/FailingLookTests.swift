// Each call that looks at a file is made to fail in turn, as on a broken disk: "not there" and "cannot be said" are two
// answers, and only the first one lets a write go on.

import Changes
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct FailingLookTests {
  /// Takes the place of the calls of the C library in the process that it is loaded into; the N-th of one kind fails.
  private static let shim = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <fcntl.h>
    #include <stdarg.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/stat.h>
    #include <unistd.h>

    static int count;

    static int fails(const char *kind)
    {
      const char *wanted = getenv("FAILING_KIND"), *number = getenv("FAILING_NUMBER"), *mark = getenv("FAILING_MARK");
      if (!wanted || !number || !mark || strcmp(kind, wanted) != 0 || ++count != atoi(number)) return 0;
      close(creat(mark, 0600));
      errno = EIO;
      return 1;
    }

    int stat(const char *restrict path, struct stat *restrict to)
    {
      return fails("stat") ? -1 : fstatat(-100, path, to, 0x10000);
    }
    int lstat(const char *restrict path, struct stat *restrict to)
    {
      return fails("stat") ? -1 : ((int (*)(int, const char *, struct stat *, int))dlsym(RTLD_NEXT, "fstatat"))(
        AT_FDCWD, path, to, AT_SYMLINK_NOFOLLOW);
    }
    int fstat(int file, struct stat *to)
    {
      return fails("stat") ? -1 : ((int (*)(int, struct stat *))dlsym(RTLD_NEXT, "fstat"))(file, to);
    }
    int fstatat(int at, const char *restrict path, struct stat *restrict to, int flags)
    {
      if (at == -100 && flags == 0x10000) { at = AT_FDCWD; flags = 0; }
      else if (fails("stat")) return -1;
      return ((int (*)(int, const char *, struct stat *, int))dlsym(RTLD_NEXT, "fstatat"))(at, path, to, flags);
    }
    int openat(int at, const char *path, int flags, ...)
    {
      va_list rest;
      va_start(rest, flags);
      mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
      va_end(rest);
      if (fails("open")) return -1;
      return ((int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, "openat"))(at, path, flags, mode);
    }
    """

  @Test(arguments: ["stat", "open"]) func eachLookFails(kind: String) throws {
    let tools = try TemporaryDirectory()
    try tools.write("shim.c", Self.shim)
    let built = try run(
      requiredTool("clang", package: "clang"),
      ["-shared", "-fPIC", "-o", tools.file("shim.so"), tools.file("shim.c")])
    try #require(built.status == .exited(0), "\(built.summary)")
    let reference = try Scene()
    let old = try reference.remains()
    _ = try reference.writer().write(try reference.change())
    let new = try reference.remains()
    let program = try builtProgram("CrashingWriter")

    var points = 0
    for point in 1... {
      let scene = try Scene()
      let mark = scene.temporary.file("mark")
      let process = try run(
        program, [scene.directory, scene.state, scene.new, "before", "1000000"],
        environment: [
          "LD_PRELOAD": tools.file("shim.so"), "FAILING_KIND": kind, "FAILING_NUMBER": "\(point)",
          "FAILING_MARK": mark,
        ])
      if access(mark, F_OK) != 0 { break }
      points += 1
      let moment = "\(kind) \(point): \(process.summary)"
      #expect(process.status == .exited(0) || process.status == .exited(9), "\(moment)")
      let recovery = try scene.writer().recover(scene.directory)
      let after = try scene.remains()
      if process.status == .exited(0) {
        #expect(after == new, "\(moment): said to be written")
      } else {
        #expect(after == old || after == new, "\(moment), then \(recovery): \(after.keys.sorted())")
      }
      #expect(
        try expectedWrites(scene.writer(), scene.directory) == (after == new ? [true] : []), "\(moment)")
      // Nothing that was left blocks the next write.
      if after == old { _ = try scene.writer().write(try scene.change()) }
    }
    print("failing looks: each of \(points) calls of \(kind)")
    #expect(points > 20)
  }
}
