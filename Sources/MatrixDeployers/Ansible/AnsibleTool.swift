internal import MatrixCore
internal import MatrixRemote
internal import Synchronization

/// The `ansible-playbook` of the runner: whether it is there and new enough.
final class AnsibleTool: Sendable {
    /// The oldest version whose callbacks the plugin supports.
    static let oldest = "2.14"
    private static let advice =
        "install ansible-core 2.14 or later: apt-get install ansible-core, dnf install ansible-core, "
        + "or pip install ansible-core in a virtual environment"

    private let runner: any Transport
    /// Versions by the PATH that a step sets; found once for all cells.
    private let known = Mutex<[String: String]>([:])

    init(runner: any Transport) {
        self.runner = runner
    }

    /// The version of ansible-core.
    /// - Throws: `InfrastructureError` if it is missing or too old.
    func version(environment: [String: String]) async throws -> String {
        let path = environment["PATH"] ?? ""
        if let version = known.withLock({ $0[path] }) { return version }
        let version = try await ask(path.isEmpty ? [:] : ["PATH": path])
        known.withLock { $0[path] = version }
        return version
    }

    private func ask(_ environment: [String: String]) async throws -> String {
        let command = Command(
            ["ansible-playbook", "--version"], environment: environment.merging(["LC_ALL": "C.UTF-8"]) { $1 }, timeout: .seconds(60))
        let result: CommandResult
        do {
            result = try await runner.run(command)
        } catch let error as InfrastructureError {
            throw InfrastructureError(
                "ansible-playbook could not be run", why: error.why, next: Self.advice, type: .ansibleMissing, isTransient: false,
                command: error.command)
        }
        guard result.succeeded, let version = AnsibleReport(result.output)?.version else {
            throw InfrastructureError(
                "ansible-playbook could not be run", why: runner.failure(of: command, result).lastLine, next: Self.advice,
                type: .ansibleMissing, isTransient: false, command: runner.failure(of: command, result))
        }
        guard !Self.isOlder(version) else {
            throw InfrastructureError(
                "ansible-playbook is too old", why: "it is version \(version)", next: Self.advice, type: .ansibleVersion, isTransient: false
            )
        }
        return version
    }

    static func isOlder(_ version: String) -> Bool { VersionRange.compare(version, oldest) < 0 }
}
