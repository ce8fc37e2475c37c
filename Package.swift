// swift-tools-version: 6.2
// The house of randmap: a target imports only what stands below it (docs/design.md).
import PackageDescription

/// Set by `make fuzz` alone: every room then counts what it runs through.
let isFuzzing = Context.environment["RANDMAP_FUZZ"] != nil

let strict: [SwiftSetting] =
  [.treatAllWarnings(as: .error)]
  + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])] : [])

/// One room of the house, with the rooms below it that it may use.
func room(_ name: String, on below: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: below, swiftSettings: strict)
}

/// The tests of one room; all of them may use TestSupport.
func tests(_ name: String, of rooms: [Target.Dependency], copying resources: [Resource] = []) -> Target {
  .testTarget(
    name: name, dependencies: rooms + ["TestSupport"], resources: resources, swiftSettings: strict)
}

let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
]

let tls: [Target.Dependency] = [
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
  .product(name: "NIOTLS", package: "swift-nio"),
]

let package = Package(
  name: "randmap",
  products: [.executable(name: "randmap", targets: ["randmap"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
  ],
  targets: [
    .systemLibrary(name: "CNcurses"),
    .systemLibrary(name: "CLinux"),

    room("Threads", on: ["CLinux"]),
    room("PostfixFiles", on: ["CLinux"]),
    room("PostfixTools", on: ["PostfixFiles", "CLinux"]),
    room("Routing", on: ["PostfixFiles"]),
    room("Liveness", on: ["Routing", "CLinux"] + nio + tls),
    room("Checks", on: ["Routing"]),
    room("Changes", on: ["PostfixFiles", "PostfixTools", "CLinux"]),
    room("Editing", on: ["Routing", "Checks", "Changes"]),
    room("Console", on: ["Editing", "Liveness", "Threads", "CNcurses", "CLinux"]),
    room("Delivery", on: ["Routing", "Liveness", "Threads", "PostfixFiles", "CLinux"] + nio),
    room("Demo", on: ["Routing"] + nio),
    .executableTarget(
      name: "randmap",
      dependencies: [
        "Console", "Delivery", "Demo", "Editing", "PostfixTools", "Threads",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["CLinux", "Threads"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .executableTarget(
      name: "randmap-bench", dependencies: ["TestSupport", "Threads"], path: "Benchmarks",
      exclude: ["LeastRelay"], swiftSettings: strict),
    .executableTarget(name: "least-relay", path: "Benchmarks/LeastRelay"),
    tests("ThreadsTests", of: ["Threads", "CLinux"]),
    tests("PostfixFilesTests", of: ["PostfixFiles"]),
    tests("RoutingTests", of: ["Routing"]),
    tests("OracleTests", of: ["Routing", "PostfixTools"]),
    tests("LivenessTests", of: ["Liveness", "Demo"] + nio + tls),
    .target(
      name: "Fuzzing",
      dependencies: ["Checks", "Liveness", "Changes", "Console", "PostfixTools", "Delivery"],
      path: "Tests/Fuzzing", exclude: ["found", "wire", "words"],
      swiftSettings: strict),
    tests("ChecksTests", of: ["Checks", "Fuzzing"], copying: [.copy("Corpus")]),
    .executableTarget(
      name: "CrashingWriter", dependencies: ["Changes"], path: "Tests/CrashingWriter",
      swiftSettings: strict),
    tests("ChangesTests", of: ["Changes", "PostfixTools", "CLinux", "CrashingWriter"]),
    tests("EditingTests", of: ["Editing"]),
    tests("ConsoleTests", of: ["Console"]),
    tests("DeliveryTests", of: ["Delivery", "Routing", "PostfixFiles", "Threads", "CLinux", "randmap"]),
    tests("EndToEndTests", of: ["randmap", "Editing", "PostfixTools"]),
  ]
)

if isFuzzing {
  package.targets += [
    .systemLibrary(name: "CFuzzer", path: "Tests/CFuzzer"),
    .executableTarget(
      name: "randmap-fuzz", dependencies: ["Fuzzing", "CFuzzer"], path: "Tests/Fuzzer",
      swiftSettings: [.treatAllWarnings(as: .error)],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
  ]
}
