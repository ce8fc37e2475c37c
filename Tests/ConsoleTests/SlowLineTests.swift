// Which lines are taken for slow: serial ones by their speed, and no pseudo-terminal.

import Glibc
import Testing

@testable import Console

@Suite struct SlowLineTests {
  @Test func onlyASerialLineIsSlow() {
    func isSlow(_ major: dev_t, _ minor: dev_t, _ speed: Int32) -> Bool {
      var state = termios()
      #expect(cfsetspeed(&state, speed_t(speed)) == 0)
      return Terminal.isSlow(state, on: major << 8 | minor)
    }
    // /dev/ttyS0 and /dev/ttyUSB0.
    #expect(isSlow(4, 64, B9600) && isSlow(188, 0, B2400))
    #expect(!isSlow(4, 64, B115200) && !isSlow(4, 64, B0))
    // /dev/pts/0, another one, an old pseudo-terminal, and what is no terminal.
    #expect(!isSlow(136, 0, B9600) && !isSlow(143, 7, B300))
    #expect(!isSlow(3, 0, B9600) && !isSlow(0, 0, B9600))
  }

  @Test func theSettingTakesThreeWords() throws {
    var settings = Settings()
    #expect(settings[.slowLine] == "auto")
    for word in ["yes", "no", "auto"] {
      try settings.set("slow-line", to: word)
      #expect(settings[.slowLine] == word)
    }
    #expect(throws: SettingError(description: "slow-line: need auto, yes or no, not \"9600\"")) {
      try settings.set("slow-line", to: "9600")
    }
  }
}
