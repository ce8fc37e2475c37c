// The words of the system for what went wrong.

import Glibc
import System
import Testing

@Suite struct ErrnoTests {
  @Test func theLastErrorHasTheWordsOfTheSystem() {
    #expect(open("/nonexistent/file", O_RDONLY) == -1)
    #expect(Errno.last == .noSuchFileOrDirectory)
    #expect("\(Errno(rawValue: ENOENT))" == "No such file or directory")
  }

  @Test func aVariableThatIsEmptyIsAsOneThatIsNotSet() {
    setenv("RANDMAP_TEST_EMPTY", "", 1)
    #expect(environmentVariable("RANDMAP_TEST_EMPTY") == nil)
    #expect(environmentVariable("RANDMAP_TEST_NOT_SET") == nil)
  }
}
