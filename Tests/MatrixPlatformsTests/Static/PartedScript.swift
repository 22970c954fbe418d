import Foundation
import MatrixCore
import Synchronization

@testable import MatrixPlatforms

/// A script of several parts, taken apart as the host's shell does it.
struct PartedScript {
    private let mark: String
    /// Each part as a separate command.
    let parts: [Command]

    /// Nil if it is a command of another kind.
    init?(_ command: Command) {
        let part = /sh -s -- (.*) <<'(@matrix-[a-z0-9]+)-([0-9]+)'\nmain\(\) \{\n([\s\S]*?)\n\}\nmain "\$@" <\/dev\/null\n\2-\3\n/
        let found = String(decoding: command.input ?? [], as: UTF8.self).matches(of: part)
        guard let mark = found.first?.output.2 else { return nil }
        self.mark = String(mark)
        parts = found.map { match in
            .script(
                String(match.output.4), arguments: SSHArguments.words(of: String(match.output.1)) ?? [], user: command.user,
                timeout: command.timeout)
        }
    }

    /// What the host prints.
    struct Printed {
        private var result = CommandResult(exitStatus: 0)

        /// The parts so far.
        var soFar: CommandResult { result }

        /// Adds what a part printed.
        ///
        /// - Returns: whether the next one follows.
        mutating func add(_ part: CommandResult, of script: PartedScript) -> Bool {
            let end = Array("\n\(script.mark) \(part.exitStatus)\n".utf8)
            result.standardOutput += part.standardOutput + end
            result.standardError += part.standardError + end
            result.exitStatus = part.exitStatus == HostScript.stop ? 0 : part.exitStatus
            return part.exitStatus == 0
        }
    }
}

/// A host whose shell takes scripts of several parts: each part is a separate command for what stands behind it.
struct PartedHost: Transport {
    let base: any Transport
    /// How many sessions there were.
    let sessions: MutexBox<Int>

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        sessions.with { $0 += 1 }
        guard let script = PartedScript(command) else { return try await base.run(command, onLine: onLine) }
        var printed = PartedScript.Printed()
        for part in script.parts {
            guard printed.add(try await base.run(part), of: script) else { break }
        }
        return printed.soFar
    }

    func upload(_ local: String, to remote: String) async throws { try await base.upload(local, to: remote) }
    func download(_ remote: String, to local: String) async throws { try await base.download(remote, to: local) }
    func forward(to host: String, port: Int) async throws -> Int { try await base.forward(to: host, port: port) }
    func commandLine(for command: Command) -> String { base.commandLine(for: command) }
    func close() async { await base.close() }
}
