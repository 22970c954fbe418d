internal import MatrixCore

/// Starts the programs of one `ansible` step.
struct AnsibleProcess: Sendable {
    let runner: any Transport
    let commandLine: String
    let directory: String
    let environment: [String: String]
    let unset: Set<String>
    let settings: AnsibleSettings
    let context: CellContext
    let log: @Sendable (OutputLine) async -> Void

    /// Runs `ansible-playbook` to its end and follows its tasks.
    ///
    /// - Throws: `InfrastructureError` if it could not be started or was killed; `CancellationError` after it was ended.
    func play(_ arguments: [String], events: String) async throws -> AnsibleExecution {
        let follower = EventFollower(events, original: { original($0) }, onTask: context.announce)
        let tail = OutputTail(context)
        let started = Timestamp.now
        do {
            let result = try await following(follower) {
                try await run(["ansible-playbook"] + arguments, environment: ["SOLTI_ANSIBLE_EVENTS": events], tail: tail)
            }
            try Task.checkCancellation()
            return AnsibleExecution(record: await follower.read(), result: result, tail: tail, started: started, finished: .now)
        } catch {
            for task in await follower.read().unfinished { await log(OutputLine(.standardError, "ended while running: \(task)")) }
            throw error
        }
    }

    /// Installs a requirements file into `tree`, collections and roles alike.
    func install(_ requirements: String, into tree: String) async throws {
        let tail = OutputTail(context)
        context.announce("requirements: \(requirements)")
        let arguments = ["ansible-galaxy", "install", "-r", requirements]
        // It installs into the first folder of each path, which for ansible-playbook may be the user's.
        let result = try await run(
            arguments, environment: ["ANSIBLE_COLLECTIONS_PATH": tree, "ANSIBLE_ROLES_PATH": "\(tree)/roles"], tail: tail)
        guard !result.succeeded else { return }
        let failure = StepFailure.command(ShellQuoting.join(arguments), result, tail: tail)
        throw InfrastructureError(
            "the requirements of the step could not be installed", why: failure.lastLine, next: "check \(requirements) and the network",
            type: .ansibleRequirements, command: failure)
    }

    /// Whether one of the user's inventories names this machine: then a play on all hosts would run here.
    ///
    /// - Throws: `InfrastructureError` if Ansible cannot read them.
    func namesThisMachine(_ inventories: [String]) async throws -> Bool {
        let arguments = ["ansible-inventory"] + inventories.flatMap { ["-i", $0] } + ["--list"]
        var command = Command(arguments, environment: environment, directory: directory, outputLimit: 16 << 20, timeout: .seconds(300))
        command.unset = unset
        // The original would show the environment, which may hold secrets.
        let shown = runner.commandLine(for: Command(arguments))
        let result = try await runner.run(command, shownAs: shown) { line in
            if line.stream == .standardError { await log(line) }
        }
        guard result.succeeded, case .map(let groups)? = Value(json: result.output) else {
            let tail = OutputTail(context)
            for line in result.errorOutput.split(separator: "\n") { tail.add(OutputLine(.standardError, String(line))) }
            let failure = StepFailure.command(shown, result, tail: tail)
            let isVault = failure.lastLine.lowercased().contains("vault")
            throw InfrastructureError(
                "Ansible cannot read \(inventories.joined(separator: " and "))", why: failure.lastLine,
                next: "try: \(failure.commandLine)", type: isVault ? .ansibleVault : .ansibleInventory, isTransient: false, command: failure
            )
        }
        let hosts = groups.filter { $0.key != "_meta" }.flatMap { $0.value["hosts"]?.elements ?? [] }
        return ["localhost", "127.0.0.1", "::1"].contains { hosts.contains(.string($0)) }
    }

    /// What Ansible says, with the paths that people know.
    private func original(_ text: String) -> String { settings.links.original(text, tree: settings.tree) }

    private func following(_ follower: EventFollower, _ work: @escaping @Sendable () async throws -> CommandResult) async throws
        -> CommandResult
    {
        try await withThrowingTaskGroup(of: CommandResult?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                await follower.follow()
                return nil
            }
            defer { group.cancelAll() }
            // The follower ends only when it is cancelled, so the first value is the program's, unless everything was cancelled.
            while let next = try await group.next() { if let result = next { return result } }
            throw CancellationError()
        }
    }

    private func run(_ arguments: [String], environment more: [String: String], tail: OutputTail) async throws -> CommandResult {
        var command = Command(arguments, environment: environment.merging(more) { $1 }, directory: directory, outputLimit: 1 << 16)
        command.unset = unset
        let result = try await runner.run(command, shownAs: commandLine) { line in
            let line = OutputLine(line.stream, original(line.text))
            tail.add(line)
            await log(line)
        }
        guard result.exitStatus > 128, result.exitStatus < 128 + 32 else { return result }
        try Task.checkCancellation()
        let failure = StepFailure.command(commandLine, result, tail: tail)
        throw InfrastructureError("\(arguments[0]) was killed", why: failure.outcome, type: .ansibleKilled, command: failure)
    }
}

/// One finished run of `ansible-playbook`.
struct AnsibleExecution {
    var record: TaskRecord
    var result: CommandResult
    var tail: OutputTail
    var started: Timestamp
    var finished: Timestamp
}
