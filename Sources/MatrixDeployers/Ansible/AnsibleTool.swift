internal import MatrixCore
internal import Synchronization

/// The `ansible-playbook` of the runner: whether it is there and new enough.
final class AnsibleTool: Sendable {
    /// The oldest version whose callbacks the plugin supports.
    static let oldest = [2, 14]
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
        let command = Command(["ansible-playbook", "--version"], environment: environment.merging(["LC_ALL": "C.UTF-8"]) { $1 })
        let result: CommandResult
        do {
            result = try await runner.run(command)
        } catch let error as InfrastructureError {
            throw InfrastructureError(
                "ansible-playbook could not be run", why: error.why, next: Self.advice, type: .ansibleMissing, isTransient: false,
                command: error.command)
        }
        guard result.succeeded, let version = Self.version(in: result.output) else {
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

    /// `2.14.18` out of `ansible-playbook [core 2.14.18]` or `ansible-playbook 2.9.27`.
    static func version(in output: String) -> String? {
        guard let line = output.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix("ansible-playbook") }) else { return nil }
        let words = line.split { $0 == " " || $0 == "[" || $0 == "]" }
        return words.first { $0.first?.isNumber == true && $0.contains(".") }.map(String.init)
    }

    static func isOlder(_ version: String) -> Bool {
        let numbers = version.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
        return numbers.lexicographicallyPrecedes(oldest)
    }
}
