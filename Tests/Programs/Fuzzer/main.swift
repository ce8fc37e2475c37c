// libFuzzer around every parser: `make fuzz`. An input about which there is a complaint ends the process, and is kept.
// RANDMAP_FUZZ_PART names one of the parsers of WireParsers.swift; without it, the bytes are those of configurations.

import CFuzzer
import Fuzzing
import Glibc

let part = getenv("RANDMAP_FUZZ_PART").map { String(cString: $0) }.flatMap { WireParser(rawValue: $0) }

@_cdecl("LLVMFuzzerTestOneInput")
func takeOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let complaints = part?.complaints(about: bytes) ?? Parser.complaints(about: bytes)
  precondition(complaints.isEmpty, complaints.joined(separator: ", "))
  return 0
}

// SwiftPM gives this program a main function of its own, so libFuzzer's is called from here.
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
_ = LLVMFuzzerRunDriver(&count, &arguments) { takeOneInput($0, $1) }
