internal import MatrixCore

/// Runs `podman` on this machine and reads its output.
struct Podman: Sendable {
    let runner: any Transport

    /// A podman command; killed after `timeout`.
    func command(_ arguments: [String], input: [UInt8]? = nil, timeout: Duration = .seconds(120), outputLimit: Int = 16 << 20) -> Command {
        Command(["podman"] + arguments, input: input, outputLimit: outputLimit, timeout: timeout)
    }

    func run(_ arguments: [String], timeout: Duration = .seconds(120)) async throws -> CommandResult {
        try await runner.run(command(arguments, timeout: timeout))
    }

    /// Runs a command that must succeed.
    ///
    /// - Throws: `InfrastructureError`, transient if ``PodmanFault`` says so.
    @discardableResult
    func require(_ arguments: [String], _ what: String, timeout: Duration = .seconds(120)) async throws -> CommandResult {
        let command = command(arguments, timeout: timeout)
        let result = try await runner.run(command)
        guard result.succeeded else { throw error(what, command, result) }
        return result
    }

    /// The error of a failed podman command.
    func error(_ what: String, _ command: Command, _ result: CommandResult, next: String? = nil) -> InfrastructureError {
        InfrastructureError(
            what, why: PodmanFault.brief(result.errorOutput.isEmpty ? result.output : result.errorOutput), next: next, type: .podman,
            isTransient: PodmanFault.isTransient(result.errorOutput), command: runner.failure(of: command, result))
    }

    /// What Podman knows about a container; nil if none has this name or id.
    func container(_ name: String) async throws -> ContainerState? {
        try await inspect(["container", "inspect", name], "container \(name) could not be inspected").map(ContainerState.init)
    }

    /// What Podman knows about a network; nil if none has this name or id.
    func network(_ name: String) async throws -> Value? {
        try await inspect(["network", "inspect", name], "network \(name) could not be inspected")
    }

    private func inspect(_ arguments: [String], _ what: String) async throws -> Value? {
        let command = command(arguments, timeout: .seconds(120))
        let result = try await runner.run(command)
        if result.succeeded {
            guard let found = Value(json: result.output)?.elements.first else { throw unreadable(what) }
            return found
        }
        guard PodmanFault.isGone(result.errorOutput) else { throw error(what, command, result) }
        return nil
    }

    /// The objects that a command with `--format json` lists.
    func list(_ arguments: [String], _ what: String) async throws -> [Value] {
        let result = try await require(arguments + ["--format", "json"], what, timeout: .seconds(120))
        if result.output.isEmpty { return [] }
        switch Value(json: result.output) {
        case .list(let found)?: return found
        case .null?: return []
        default: throw unreadable(what)
        }
    }

    /// What Podman printed says nothing of what is there: it must not count as gone.
    private func unreadable(_ what: String) -> InfrastructureError {
        InfrastructureError(what, why: "podman's answer is no JSON list", type: .podman)
    }

    /// The id of an image in the local storage, or nil.
    func imageID(_ reference: String) async throws -> String? {
        let result = try await run(["image", "inspect", "--format", "{{.Id}}", reference], timeout: .seconds(120))
        guard result.succeeded else { return nil }
        return result.output.split(separator: "\n").last.map(String.init)
    }
}
