import Foundation
import MatrixCore
import MatrixTesting
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
        let folders = (environment["SOLTI_TEST_ANSIBLE"] ?? "").split(separator: ":").map(String.init) + [Repository.path(".venv/bin")]
        let found = folders.filter { FileSystem.exists("\($0)/ansible-playbook") }.map { AnsibleInstallation(folder: $0) }
        let path = (environment["PATH"] ?? "").split(separator: ":")
        return found + (path.contains { FileSystem.exists("\($0)/ansible-playbook") } ? [AnsibleInstallation(folder: nil)] : [])
    }()

    /// The environment of a step that uses this installation.
    var environment: [String: String] {
        guard let folder else { return [:] }
        return ["PATH": "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"]
    }
}

extension [CaseResult] {
    /// The case of a name.
    subscript(name: String) -> CaseResult? { first { $0.name == name } }
}
