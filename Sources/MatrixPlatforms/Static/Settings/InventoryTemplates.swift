internal import Foundation
internal import MatrixCore

/// Lets Ansible fill in the variables that hold Jinja templates or vaulted text: `ansible-inventory` prints them as they are written.
struct InventoryTemplates: Sendable {
    let runner: any Transport

    /// Replaces such variables of hosts, as far as a pool reads them.
    /// - Throws: `UsageError` with every host whose variables Ansible cannot fill in; `InfrastructureError` if Ansible does not run.
    func resolve(in listing: inout InventoryListing, of hosts: [String]) async throws {
        var hostsByNames: [[String]: [String]] = [:]
        for host in hosts {
            let names = SSHVariables.names.filter { listing.variable($0, of: host).map(Self.isOpen) ?? false }
            if !names.isEmpty { hostsByNames[names, default: []].append(host) }
        }
        var problems: [Diagnostic] = []
        for (names, hosts) in hostsByNames.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            for answer in try await ask(names, of: hosts, listing.path) {
                if answer.isFailure {
                    problems.append(complaint(answer, names, listing.path))
                } else {
                    for name in names { listing.set(name, of: answer.host, to: answer.message[name] ?? .null) }
                }
            }
        }
        guard problems.isEmpty else { throw UsageError(problems) }
    }

    /// Whether only Ansible knows the value.
    private static func isOpen(_ value: Value) -> Bool {
        switch value {
        case .string(let text): text.contains("{{") || text.contains("{%")
        case .list(let elements): elements.contains(where: isOpen)
        case .map(let members): members.keys.contains { $0.hasPrefix("__ansible_") }
        default: false
        }
    }

    /// Shows a variable of a host.
    private func show(_ name: String, of host: String, _ path: String) -> String {
        runner.commandLine(for: Command(["ansible", "-i", path, host, "-m", "debug", "-a", "var=\(name)"]))
    }

    private func complaint(_ answer: AnsibleAnswer, _ names: [String], _ path: String) -> Diagnostic {
        let line = answer.message.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "no message"
        let reason = line.split(separator: "The error was: ", maxSplits: 1).last.map(String.init) ?? line
        return Diagnostic(
            at: nil, "the host \(answer.host) of \(path): Ansible cannot fill in \(names.joined(separator: ", ")): \(reason)",
            hint: "see: \(show(names[0], of: answer.host, path))")
    }

    /// Each host's answer, from a play that only shows variables: it connects to no host.
    private func ask(_ names: [String], of hosts: [String], _ path: String) async throws -> [AnsibleAnswer] {
        let folder = try ProcessFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let play = """
            - hosts: \(Value.list(hosts.map { .string($0) }).json)
              gather_facts: false
              tasks:
                - ansible.builtin.debug:
                    msg:

            """ + names.map { "          \($0): \"{{ \($0) }}\"\n" }.joined()
        try NewFile.write(play, to: "\(folder)/show.yml", mode: 0o600)
        let command = Command(
            ["ansible-playbook", "-i", path, "\(folder)/show.yml"],
            environment: AnsibleHosts.environment.merging(
                ["ANSIBLE_STDOUT_CALLBACK": "minimal", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_FORCE_COLOR": "0"]) { $1 },
            outputLimit: 16 << 20, timeout: .seconds(300))
        let result = try await runner.run(command)
        let answers = AnsibleAnswer.all(in: result.output)
        guard Set(answers.map(\.host)).isSuperset(of: hosts) else {
            let failure = runner.failure(of: command, result)
            throw InfrastructureError(
                "reading the inventory \(path)", why: "Ansible does not show \(names.joined(separator: ", ")): \(failure.lastLine)",
                next: "try: \(show(names[0], of: hosts[0], path))",
                isTransient: false, command: failure)
        }
        return answers
    }
}

/// What Ansible's callback `minimal` prints of a task on a host.
struct AnsibleAnswer: Sendable {
    let host: String
    let isFailure: Bool
    /// The task's `msg`.
    let message: Value

    /// The answers in an output: `HOST | SUCCESS => {`, then JSON whose last brace is alone on its line.
    static func all(in output: String) -> [AnsibleAnswer] {
        var answers: [AnsibleAnswer] = []
        var open: (host: String, isFailure: Bool, json: String)?
        for line in output.split(separator: "\n", omittingEmptySubsequences: false) {
            if let head = line.wholeMatch(of: /(.+) \| ([A-Z]+)!? => (\{.*)/) {
                open = (String(head.1), head.2 == "FAILED" || head.2 == "UNREACHABLE", String(head.3))
            } else {
                open?.json += "\n\(line)"
            }
            guard let (host, isFailure, json) = open, line.hasSuffix("}"), let value = Value(json: json) else { continue }
            answers.append(AnsibleAnswer(host: host, isFailure: isFailure, message: value["msg"] ?? .null))
            open = nil
        }
        return answers
    }
}
