internal import MatrixCore

/// Hosts on which sudo refuses whoever has no terminal (`requiretty`).
///
/// There Ansible needs a terminal for `become`, and with pipelining it has none.
enum TerminalNeed {
    /// The names of those hosts; whoever does not answer is not among them.
    static func hosts(_ hosts: [Host]) async -> Set<String> {
        let answers = await mapConcurrently(hosts, limit: 20) { host -> String? in
            let question = Command(["sudo", "-n", "true"], environment: ["LC_ALL": "C"], timeout: .seconds(30))
            guard let result = try? await host.transport.run(question), !result.succeeded else { return nil }
            return result.errorOutput.contains("you must have a tty") ? host.name : nil
        }
        return Set(answers.compactMap(\.self))
    }
}
