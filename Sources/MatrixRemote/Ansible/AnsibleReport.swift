public import MatrixCore

/// What `ansible-playbook --version` prints.
public struct AnsibleReport: Sendable, Hashable {
    /// Of ansible-core: `2.19.1`.
    public let version: String
    /// The Python that runs it; nil if the report does not name it.
    public let python: String?

    /// Asks a runner; nil if it does not have the program, or that prints something else.
    ///
    /// - Parameter folder: of the program; nil for the one that the runner finds.
    public static func asked(of runner: any Transport, in folder: String? = nil) async -> AnsibleReport? {
        let program = folder.map { "\($0)/ansible-playbook" } ?? "ansible-playbook"
        let command = Command([program, "--version"], environment: ["LC_ALL": "C.UTF-8"], timeout: .seconds(60))
        return (try? await runner.run(command)).flatMap { AnsibleReport($0.output) }
    }

    /// Nil if this is not such a report.
    public init?(_ output: String) {
        let lines = output.split(whereSeparator: \.isNewline)
        guard let first = lines.first(where: { $0.hasPrefix("ansible-playbook") }) else { return nil }
        // `ansible-playbook [core 2.14.18]`, or `ansible-playbook 2.9.27` before 2.11.
        let words = first.split { $0 == " " || $0 == "[" || $0 == "]" }
        guard let version = words.first(where: { $0.first?.isNumber == true && $0.contains(".") }) else { return nil }
        self.version = String(version)
        // `  python version = 3.11.2 (main, …) [GCC 12.2.0] (/usr/bin/python3)`
        let python = lines.first { $0.drop { $0 == " " }.hasPrefix("python version") }
        self.python = python?.firstMatch(of: /\((\/[^()]+)\)\s*$/).map { String($0.output.1) }
    }
}
