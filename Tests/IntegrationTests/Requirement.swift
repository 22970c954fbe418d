import Foundation
import Testing

/// Parts that integration tests need. A missing one is a skip that names its package, and a failure where
/// `SOLTI_REQUIRE_ALL=1` says that all must be there.
enum Requirement {
    static let podman = present("podman", "runc", "mmdebstrap", "ssh", "ssh-keygen")
    static let ansible = podman && present("ansible-playbook")
    /// Hosts with addresses of their own, which only root reaches.
    static let realHosts = podman && (geteuid() == 0 || ProcessInfo.processInfo.environment["SOLTI_REQUIRE_ALL"] == "1")
    static let chromium = present("chromium")
    static let groovy = present("groovy")

    /// Whether all programs are there; always true where every part is required, so that the test itself fails then.
    private static func present(_ programs: String...) -> Bool {
        if ProcessInfo.processInfo.environment["SOLTI_REQUIRE_ALL"] == "1" { return true }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return programs.allSatisfy { program in folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") } }
    }
}

extension Trait where Self == ConditionTrait {
    static var needsPodman: Self {
        .enabled(if: Requirement.podman, "needs podman, runc, mmdebstrap and OpenSSH: run fixtures/setup.sh")
    }

    static var needsRealHosts: Self {
        .enabled(if: Requirement.realHosts, "needs root, podman, runc, mmdebstrap and OpenSSH: run fixtures/setup.sh")
    }

    static var needsAnsible: Self {
        .enabled(if: Requirement.ansible, "needs podman and ansible-core: run fixtures/setup.sh")
    }
}

/// Programs that tests ask beside `matrix`.
enum Shell {
    /// Runs a program to its end and returns its status and standard output.
    @discardableResult
    static func run(_ arguments: String...) throws -> (status: Int32, output: String) { try run(arguments) }

    /// The same with the arguments in a list.
    @discardableResult
    static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.standardError
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
