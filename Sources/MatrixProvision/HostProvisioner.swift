public import MatrixCore

/// Prepares a bare host for every deployer, with one script in one SSH round trip; with none if there is nothing to prepare.
public struct HostProvisioner: Provisioner {
    public init() {}

    public func provision(
        _ host: Host, of cell: CellPlan, peers: [Host], log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [String: String] {
        let steps = try await steps(for: host, of: cell, peers: peers)
        if steps.isEmpty, let known = host.transport.facts {
            // What the host said when its connection was opened: there is nothing to ask it for.
            await log(OutputLine(.standardOutput, "nothing to change"))
            return known.named
        }
        let script = ProvisionScript(steps + [.facts(packages: cell.provision.packages, cell.os.packageManager)])
        let progress = ProvisionOutput(script)
        let command = Command.script(script.text, user: "root")
        let result = try await host.transport.run(command) { line in
            if let shown = progress.take(line) { await log(shown) }
        }
        guard result.succeeded, progress.failure == nil else { throw failure(on: host, progress, result) }
        if progress.changedNothing { await log(OutputLine(.standardOutput, "nothing to change")) }
        return progress.facts
    }

    private func steps(for host: Host, of cell: CellPlan, peers: [Host]) async throws -> [ProvisionStep] {
        let plan = cell.provision
        var steps: [ProvisionStep] = []
        if plan.setsHostname ?? true {
            steps.append(.hostName(host.name))
            let addresses = peers.map { HostAddress(name: $0.name, address: $0.endpoint.internalAddress) }
            steps.append(.hostsFile(own: host.name, peers: addresses, domain: plan.domain))
        }
        // The account's rights need sudo, which minimal images lack.
        let packages = plan.packages + (plan.user.map { $0 != "root" } == true && !plan.packages.contains("sudo") ? ["sudo"] : [])
        steps += cell.os.packageManager.steps(installing: packages, updatingCache: plan.updateCache)
        if let user = plan.user {
            guard ProvisionStep.isAccountName(user) else { throw Self.refusal(of: user, plan) }
            let keys = try await PublicKeys.all(for: host.endpoint, plan)
            steps += user == "root" ? [] : [.account(user), .sudo(user, withoutPassword: plan.passwordlessSudo)]
            steps.append(.authorizedKeys(of: user, keys))
        }
        let scope = cell.scope.adding([
            "host.name": host.name, "host.address": host.endpoint.internalAddress, "host.role": host.plan.role,
            "host.fqdn": plan.domain.map { "\(host.name).\($0)" } ?? host.name,
        ])
        for (index, text) in plan.scripts.enumerated() {
            steps.append(.extra(try scope.render(text, at: plan.location), number: index + 1, of: plan.scripts.count))
        }
        return steps
    }

    private func failure(on host: Host, _ progress: ProvisionOutput, _ result: CommandResult) -> InfrastructureError {
        let step = progress.step
        let title = step?.title ?? "starting"
        let tail = progress.tail.suffix(15)
        let said = tail.last { !$0.allSatisfy(\.isWhitespace) }
        let why = [progress.failure, said].compactMap { $0?.isEmpty == false ? $0 : nil }.first ?? "exit status \(result.exitStatus)"
        let command = CommandFailure(
            commandLine: host.transport.commandLine(for: Command(step?.inspection ?? ["uname", "-a"], user: "root")),
            outcome: "exit status \(result.exitStatus)",
            exitStatus: result.exitStatus, outputTail: tail.joined(separator: "\n"))
        return InfrastructureError(
            "\(title) on \(host.name)", why: why, next: step?.hint, type: step?.type ?? .provisionStart,
            isTransient: Self.isTransient(step, tail.joined(separator: "\n")), command: command)
    }

    /// A mirror may recover; a package that does not exist and a wrong script do not.
    private static func isTransient(_ step: ProvisionStep?, _ output: String) -> Bool {
        guard let step, [.provisionCache, .provisionPackages].contains(step.type) else { return step == nil }
        return !["Unable to locate package", "Unable to find a match", "No match for argument", "has no installation candidate"].contains {
            output.contains($0)
        }
    }

    private static func refusal(of user: String, _ plan: ProvisionPlan) -> UsageError {
        UsageError([
            Diagnostic(
                at: plan.location, "'\(user)' cannot be the name of an account",
                hint: "use lower-case letters, digits, '-' and '_', a letter first")
        ])
    }
}
