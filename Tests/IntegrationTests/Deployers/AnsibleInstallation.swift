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

    /// The one that `matrix` uses: what fixtures/setup.sh installed, else that of the `PATH`.
    ///
    /// With `SOLTI_TEST_ANSIBLE`, a list of folders separated by colons, also those, and always that of the `PATH`: with Debian 12's,
    /// the oldest that is supported. An empty list will do.
    static let all: [AnsibleInstallation] = {
        let environment = ProcessInfo.processInfo.environment
        let places = ["/opt/solti-matrix/ansible/bin", "\(environment["HOME"] ?? "/root")/.local/share/solti-matrix/ansible/bin"]
        let more = environment["SOLTI_TEST_ANSIBLE"]
        let folders = (more ?? "").split(separator: ":").map(String.init) + places
        let found = folders.filter { FileSystem.exists("\($0)/ansible-playbook") }.map { AnsibleInstallation(folder: $0) }
        let path = (environment["PATH"] ?? "").split(separator: ":")
        guard path.contains(where: { FileSystem.exists("\($0)/ansible-playbook") }), more != nil || found.isEmpty else { return found }
        return found + [AnsibleInstallation(folder: nil)]
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
