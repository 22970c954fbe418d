// swift-tools-version: 6.3
import PackageDescription

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncAlgorithms: Target.Dependency = .product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let customDump: Target.Dependency = .product(name: "CustomDump", package: "swift-custom-dump")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let rainbow: Target.Dependency = .product(name: "Rainbow", package: "Rainbow")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let textTable: Target.Dependency = .product(name: "TextTable", package: "TextTable")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// What tests of a module import beside it, MatrixTesting and MatrixCore.
let unitTests: [String: [Target.Dependency]] = [
    "Checks": ["MatrixRemote", httpTypes, hummingbird, hummingbirdTLS, logging, nioCore, nioPosix, nioSSL, yams],
    "CLI": [
        "MatrixChecks", "MatrixConformance", "MatrixDeployers", "MatrixEngine", "MatrixFile", "MatrixLedger", "MatrixReports", logging,
    ],
    "Conformance": ["MatrixWeb"],
    "Deployers": ["MatrixEngine", "MatrixRemote"],
    "Ledger": [grdb],
    "Platforms": ["MatrixEngine", "MatrixLedger", "MatrixRemote", "MatrixWeb"],
    "Provision": ["MatrixRemote"],
    "Reports": ["MatrixEngine"],
    "Simulation": ["MatrixEngine", "MatrixFile"],
]

/// The same for their tests with real parts.
let integrationTests: [String: [Target.Dependency]] = [
    "Checks": ["MatrixEngine", "MatrixRemote", hummingbird, nioCore, nioSSL],
    "Core": ["MatrixRemote"],
    "Deployers": ["MatrixRemote"],
    "Ledger": ["MatrixRemote"],
    "Platforms": ["MatrixConformance", "MatrixEngine", "MatrixLedger", "MatrixRemote"],
    "Provision": ["MatrixRemote"],
    "Reports": ["MatrixEngine", "MatrixRemote"],
]

func core(beside module: String) -> [Target.Dependency] { module == "Core" ? [] : ["MatrixCore"] }

let package = Package(
    name: "matrix",
    products: [.executable(name: "matrix", targets: ["matrix"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-async-algorithms", exact: "1.1.4"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/onevcat/Rainbow", exact: "4.2.2"),
        .package(url: "https://github.com/ordo-one/TextTable", exact: "0.0.2"),
        .package(url: "https://github.com/pointfreeco/swift-custom-dump", exact: "1.7.3"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        .executableTarget(name: "matrix", dependencies: ["MatrixCLI"]),
        .executableTarget(
            name: "matrix-lab",
            dependencies: ["MatrixTesting", "MatrixPlatforms", "MatrixRemote", "MatrixCore", argumentParser, crypto, unixSignals]),
        .executableTarget(
            name: "matrix-bench",
            dependencies: [
                "MatrixEngine", "MatrixSimulation", "MatrixPlatforms", "MatrixChecks", "MatrixDeployers", "MatrixReports", "MatrixLedger",
                "MatrixRemote", "MatrixCore", "MatrixTesting", argumentParser,
            ]),
        .target(
            name: "MatrixCLI",
            dependencies: [
                "MatrixEngine", "MatrixConformance", "MatrixSimulation", "MatrixFile", "MatrixPlatforms", "MatrixProvision",
                "MatrixDeployers", "MatrixChecks", "MatrixReports", "MatrixLedger", "MatrixRemote", "MatrixWeb", "MatrixCore", "CVersion",
                argumentParser, logging, rainbow,
                textTable,
                unixSignals,
                systemPackage,
            ]),
        .target(name: "MatrixEngine", dependencies: ["MatrixCore", systemPackage]),
        .target(name: "MatrixConformance", dependencies: ["MatrixEngine", "MatrixWeb", "MatrixCore"]),
        .target(name: "MatrixSimulation", dependencies: ["MatrixEngine", "MatrixCore"]),
        .target(name: "MatrixFile", dependencies: ["MatrixYAML", "MatrixCore", systemPackage]),
        .target(name: "MatrixPlatforms", dependencies: ["MatrixCore", "MatrixRemote", "MatrixWeb", crypto, systemPackage]),
        .target(name: "MatrixProvision", dependencies: ["MatrixCore", "MatrixRemote"]),
        .target(name: "MatrixDeployers", dependencies: ["MatrixCore", "MatrixRemote"], resources: [.copy("Resources")]),
        .target(name: "MatrixChecks", dependencies: ["MatrixCore", "MatrixRemote", "MatrixWeb", "MatrixYAML", "CLibXML2", yams]),
        .target(
            name: "MatrixReports", dependencies: ["MatrixCore", "CLibXML2", mustache, systemPackage], resources: [.copy("Resources")]),
        .target(name: "MatrixLedger", dependencies: ["MatrixCore", grdb, systemPackage]),
        .target(
            name: "MatrixRemote",
            dependencies: ["MatrixCore", "MatrixWeb", "MatrixYAML", asyncAlgorithms, logging, subprocess, systemPackage]),
        // libyaml comes with Yams.
        .target(name: "MatrixYAML", dependencies: ["MatrixCore", yams]),
        .target(name: "MatrixWeb", dependencies: ["MatrixCore", asyncHTTPClient, logging, nioCore, nioHTTP1, nioPosix, nioSSL]),
        .target(name: "MatrixCore", dependencies: [systemPackage]),
        // A value can only be given to C: the commit that --version names, from install.sh.
        .target(name: "CVersion", cSettings: [.define("SOLTI_COMMIT", to: "\"\(Context.environment["SOLTI_COMMIT"] ?? "")\"")]),
        .systemLibrary(
            name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(
            name: "MatrixTesting", dependencies: ["MatrixCore", "MatrixWeb", httpTypes, hummingbird, logging, nioCore, nioPosix, yams],
            resources: [.copy("Resources")]),
        .executableTarget(
            name: "matrix-chaos", dependencies: ["MatrixEngine", "MatrixLedger", "MatrixTesting", "MatrixCore", unixSignals]),
    ]
        + [
            "Core", "YAML", "Web", "Remote", "Ledger", "File", "Reports", "Checks", "Deployers", "Provision", "Platforms", "Engine",
            "Conformance",
            "Simulation", "CLI",
        ].map { name in
            .testTarget(
                name: "Matrix\(name)Tests",
                dependencies: [.byName(name: "Matrix\(name)"), "MatrixTesting", customDump, systemPackage] + core(beside: name)
                    + (unitTests[name] ?? []))
        }
        // Tests with real parts; they use the samples of the unit tests of their module.
        + ["Core", "Remote", "Ledger", "Reports", "Deployers", "Checks", "Provision", "Platforms"].map { name in
            .testTarget(
                name: "Matrix\(name)IntegrationTests",
                dependencies: [
                    .byName(name: "Matrix\(name)"), .byName(name: "Matrix\(name)Tests"), "IntegrationSupport", "MatrixTesting",
                    systemPackage,
                ]
                    + core(beside: name) + (integrationTests[name] ?? []),
                path: "Tests/IntegrationTests/\(name)")
        }
        + [
            .target(
                name: "IntegrationSupport", dependencies: ["MatrixTesting", "MatrixPlatforms", "MatrixRemote", "MatrixCore"],
                path: "Tests/IntegrationTests/Support"),
            .testTarget(
                name: "ChaosIntegrationTests",
                dependencies: [
                    "matrix-chaos", "IntegrationSupport", "MatrixEngine", "MatrixLedger", "MatrixTesting", "MatrixCore", systemPackage,
                ],
                path: "Tests/IntegrationTests/Chaos"),
            .testTarget(
                name: "ProgramIntegrationTests",
                dependencies: [
                    "matrix", "matrix-lab", "IntegrationSupport", "MatrixCLI", "MatrixCore", "MatrixEngine", "MatrixLedger",
                    "MatrixPlatforms", "MatrixRemote", "MatrixWeb",
                    "MatrixTesting", systemPackage, yams,
                ],
                path: "Tests/IntegrationTests/Program"),
            .testTarget(
                name: "ByHandTests",
                dependencies: [
                    "MatrixReports", "MatrixReportsTests", "MatrixReportsIntegrationTests", "ProgramIntegrationTests", "MatrixCore",
                    systemPackage,
                ]),
        ]
)

for target in package.targets where target.type != .system && target.name != "CVersion" {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
