import Foundation
import MatrixCore
import Testing

@testable import MatrixDeployers

/// An ansible-core of this machine to run tests with.
struct AnsibleInstallation: Sendable, CustomTestStringConvertible {
    /// The folder of its programs; nil for the one that `PATH` finds.
    let folder: String?

    var testDescription: String { folder ?? "PATH" }

    /// Those in the folders of `SOLTI_TEST_ANSIBLE` (separated by colons), in the project's `.venv`, and in `PATH`.
    static let all: [AnsibleInstallation] = {
        let environment = ProcessInfo.processInfo.environment
        let project = Paths.folder(of: Paths.folder(of: Paths.folder(of: Paths.folder(of: #filePath))))
        let folders = (environment["SOLTI_TEST_ANSIBLE"] ?? "").split(separator: ":").map(String.init) + ["\(project)/.venv/bin"]
        let found = folders.filter { FileSystem.exists("\($0)/ansible-playbook") }.map { AnsibleInstallation(folder: $0) }
        let path = (environment["PATH"] ?? "").split(separator: ":")
        return found + (path.contains { FileSystem.exists("\($0)/ansible-playbook") } ? [AnsibleInstallation(folder: nil)] : [])
    }()

    /// Whether tests that need it are to be run; where all parts are required they run and fail.
    static var isWanted: Bool { !all.isEmpty || ProcessInfo.processInfo.environment["SOLTI_REQUIRE_ALL"] == "1" }

    /// The environment of a step that uses this installation.
    var environment: [String: String] {
        guard let folder else { return [:] }
        return ["PATH": "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"]
    }
}

extension Trait where Self == ConditionTrait {
    /// Skipped without ansible-core, unless all parts are required.
    static var needsAnsible: Self { .enabled(if: AnsibleInstallation.isWanted, "install ansible-core 2.14 or later: apt-get install ansible-core") }
}

extension [CaseResult] {
    /// The case of a name.
    subscript(name: String) -> CaseResult? { first { $0.name == name } }
}
