// libFuzzer around every parser: `make fuzz`. An input about which there is a complaint ends the process, and is kept.

import CFuzzer
import Fuzzing

@_cdecl("LLVMFuzzerTestOneInput")
func takeOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let complaints = Parser.complaints(about: Array(UnsafeBufferPointer(start: start, count: count)))
  precondition(complaints.isEmpty, complaints.joined(separator: ", "))
  return 0
}

// SwiftPM gives this program a main function of its own, so libFuzzer's is called from here.
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
_ = LLVMFuzzerRunDriver(&count, &arguments) { takeOneInput($0, $1) }
