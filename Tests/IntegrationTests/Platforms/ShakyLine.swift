import MatrixCore
import MatrixTesting

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// A connection to a host of a test's world: it breaks now and then, before its command or after it, and a dead run has none.
struct ShakyLine: Transport {
    /// What the host does with a command.
    let host: @Sendable (Command) throws -> CommandResult
    let world: PlatformChaos.World
    /// How often it breaks, from 0 to 1.
    let shakiness: Double
    /// Told that it broke.
    let broken: @Sendable () -> Void

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        try await world.outage?.pulse()
        try mayBreak()
        let result = try await answer(to: command)
        try await world.outage?.pulse()
        try mayBreak()
        for line in result.output.split(separator: "\n") { await onLine(OutputLine(.standardOutput, String(line))) }
        return result
    }

    /// A script of several parts can end between any two of them.
    private func answer(to command: Command) async throws -> CommandResult {
        guard let script = PartedScript(command) else { return try host(command) }
        var printed = PartedScript.Printed()
        for part in script.parts {
            guard printed.add(try host(part), of: script) else { break }
            try await world.outage?.pulse()
            try mayBreak()
        }
        return printed.soFar
    }

    private func mayBreak() throws {
        guard world.outage != nil, world.dice.happens(shakiness) else { return }
        broken()
        throw InfrastructureError("the connection", why: "it was dropped")
    }

    func upload(_ local: String, to remote: String) async throws { try await world.outage?.pulse() }
    func download(_ remote: String, to local: String) async throws { try await world.outage?.pulse() }
    func forward(to host: String, port: Int) async throws -> Int { port }
    func commandLine(for command: Command) -> String { command.display }
    func close() async {}
}

/// Connects to the hosts of a test's world by their aliases.
struct ShakyConnector: Connector {
    let line: @Sendable (_ alias: String) -> ShakyLine

    func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport {
        let line = line(endpoint.alias)
        try await line.world.outage?.pulse()
        return line
    }
}

extension CommandResult {
    /// A command that did its work and printed this.
    static func printed(_ lines: String...) -> CommandResult {
        CommandResult(exitStatus: 0, standardOutput: Array(lines.map { "\($0)\n" }.joined().utf8))
    }
}
