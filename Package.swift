// swift-tools-version: 6.2
// The modules of randmap: a target imports only what is below it (docs/architecture.md).
import PackageDescription

/// Set by `make fuzz` alone: every module then counts the code that runs in it.
let isFuzzing = Context.environment["RANDMAP_FUZZ"] != nil

let strict: [SwiftSetting] =
  [.treatAllWarnings(as: .error)]
  + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])] : [])

/// The toolchain's own: the system's takes 5 s for the debug program, and this one 1 s.
let fastLinker: LinkerSetting = .unsafeFlags(["-use-ld=lld"])

/// Set by `make run` alone where no tests are built yet: then the first screen comes as early as it can.
let isFirstRun = Context.environment["RANDMAP_FIRST_RUN"] != nil

/// The modules that look at each byte of a file, and those above them that the tests run most, optimized as wholes in debug builds
/// too: the tests have lines of 100 MB, and generic code is only fast where the compiler sees its uses.
let optimized =
  strict
  + (isFirstRun
    ? []
    : [
      .unsafeFlags(
        ["-O", "-whole-module-optimization", "-disable-batch-mode", "-num-threads", "2"],
        .when(configuration: .debug))
    ])

/// One module, with the modules below it that it imports.
func module(_ name: String, on below: [Target.Dependency], _ settings: [SwiftSetting] = strict) -> Target {
  .target(name: name, dependencies: below, swiftSettings: settings)
}

/// The tests of one module. All of them may use TestSupport and TestTraits.
func tests(_ name: String, of modules: [Target.Dependency], copying resources: [Resource] = []) -> Target {
  .testTarget(
    name: name, dependencies: modules + ["TestSupport", "TestTraits"], resources: resources,
    swiftSettings: strict)
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
    .package(url: "https://github.com/apple/swift-collections.git", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", from: "1.6.3"),
  ],
  targets: [
    .systemLibrary(name: "CNcurses"),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CSQLite"),

    module("System", on: ["CLinux", .product(name: "SystemPackage", package: "swift-system")], optimized),
    module("Threads", on: ["System", "CLinux"]),
    module("PostfixFiles", on: ["System", "CLinux"], optimized),
    module("PostfixTools", on: ["PostfixFiles", "System", "CLinux"]),
    module("Store", on: ["CSQLite", "System"]),
    module("Gateways", on: ["PostfixFiles"], optimized),
    module("Routing", on: ["Gateways", "PostfixFiles", "Store", "System"], optimized),
    module(
      "Liveness",
      on: [
        "Gateways", "Routing", "System", "CLinux", .product(name: "HeapModule", package: "swift-collections"),
      ] + nio + tls),
    module("Checks", on: ["Routing", "System"], optimized),
    module("Traffic", on: ["Routing", "PostfixFiles", "System", "CLinux"], optimized),
    module("Changes", on: ["PostfixFiles", "Store", "PostfixTools", "System", "CLinux"], optimized),
    module("Editing", on: ["Routing", "Checks", "Changes", "Store", "System"], optimized),
    module(
      "Console",
      on: ["Editing", "Liveness", "PostfixTools", "Threads", "Traffic", "CNcurses", "CLinux", "System"]),
    module(
      "Agent", on: ["Routing", "Liveness", "Store", "Threads", "PostfixFiles", "CLinux", "System"]),
    module("Demo", on: ["Routing", "System"] + nio),
    .executableTarget(
      name: "randmap",
      dependencies: [
        "Agent", "Console", "Demo", "Editing", "PostfixTools", "System", "Threads", "Traffic",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict, linkerSettings: [fastLinker]),

    .target(
      name: "TestSupport", dependencies: ["CLinux", "System", "Threads"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .target(
      name: "TestTraits", dependencies: ["TestSupport"], path: "Tests/TestTraits", swiftSettings: strict),
    .executableTarget(
      name: "randmap-bench", dependencies: ["TestSupport", "Threads"], path: "Benchmarks",
      exclude: ["LeastRelay"], swiftSettings: strict),
    .executableTarget(name: "least-relay", path: "Benchmarks/LeastRelay"),
    tests("SystemTests", of: ["System"]),
    tests("ThreadsTests", of: ["Threads", "CLinux"]),
    tests("PostfixFilesTests", of: ["PostfixFiles"]),
    tests("StoreTests", of: ["Store", "CSQLite"]),
    tests("GatewaysTests", of: ["Gateways", "PostfixFiles"]),
    tests("RoutingTests", of: ["Routing"]),
    tests("TrafficTests", of: ["Traffic", "Routing", "PostfixFiles"]),
    tests("OracleTests", of: ["Routing", "PostfixTools", "Store", "System"]),
    tests("LivenessTests", of: ["Liveness", "Demo"] + nio + tls),
    .target(
      name: "Fuzzing",
      dependencies: [
        "Checks", "Liveness", "Changes", "Console", "Editing", "PostfixTools", "Agent", "Store", "Traffic",
      ],
      path: "Tests/Fuzzing", exclude: ["found", "wire", "words"],
      swiftSettings: strict),
    tests("ChecksTests", of: ["Checks", "Fuzzing"], copying: [.copy("Corpus"), .copy("Cases")]),
    .executableTarget(
      name: "CrashingWriter", dependencies: ["Changes", "Store", "System"],
      path: "Tests/Programs/CrashingWriter",
      swiftSettings: strict),
    .executableTarget(
      name: "pictures", dependencies: ["TestSupport"], path: "Tests/Programs/Pictures", swiftSettings: strict),
    .executableTarget(
      name: "Racer", dependencies: ["System"], path: "Tests/Programs/Racer", swiftSettings: strict),
    tests("ChangesTests", of: ["Changes", "PostfixTools", "Store", "CLinux", "CrashingWriter", "Racer"]),
    tests("EditingTests", of: ["Editing", "Store"]),
    .target(name: "CTrap", path: "Tests/Programs/CTrap"),
    tests("ConsoleTests", of: ["Console", "Traffic", "CTrap"]),
    tests("AgentTests", of: ["Agent", "Routing", "PostfixFiles", "Threads", "CLinux", "randmap"]),
    tests("EndToEndTests", of: ["randmap", "Checks", "Editing", "PostfixTools", "Store"]),
  ]
)

if isFuzzing {
  package.targets += [
    .systemLibrary(name: "CFuzzer", path: "Tests/Programs/CFuzzer"),
    .executableTarget(
      name: "randmap-fuzz", dependencies: ["Fuzzing", "CFuzzer"], path: "Tests/Programs/Fuzzer",
      swiftSettings: [.treatAllWarnings(as: .error)],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
  ]
}
