import MatrixCore
import Synchronization

/// The hosts of a cell that its steps have restarted, with their new connections.
actor RestartedHosts {
    private(set) var hosts: [String: Host] = [:]

    func add(_ host: Host) { hosts[host.name] = host }
}

/// Restarts hosts of a cell.
struct CellRestarter: HostRestarter {
    /// Prints the id of the machine's boot and when the first process began, in ticks of that boot.
    ///
    /// A container has the boot of its machine, but each of its starts has another first process.
    private static let mark = "cat /proc/sys/kernel/random/boot_id && sed 's/.*) //' /proc/1/stat | cut -d ' ' -f 20"
    /// A question on a host that may be about to go down.
    private static let questionLimit = Duration.seconds(20)

    let run: CellRun

    func restart(_ host: Host, within limit: Duration, waiting: @escaping @Sendable (String) -> Void) async throws -> Host {
        let way = run.driver(of: host.resource).restart(of: host.resource)
        if case .refused(let why, let next) = way {
            throw InfrastructureError("rebooting \(host.name)", why: why, next: next, type: .rebootRefused, isTransient: false)
        }
        let before = try await bootMark(of: host)
        let watch = RestartWatch()
        do {
            let restarted = try await withDeadline(limit) {
                try await begin(way, host)
                watch.see("it was told to reboot")
                return try await returned(host, after: before) { text in
                    watch.see(text)
                    waiting(text)
                }
            }
            await run.restarts.add(restarted)
            return restarted
        } catch is DeadlineExceeded where run.interruption == nil {
            throw await noReturn(of: host, within: limit, seen: watch.last)
        }
    }

    private func noReturn(of host: Host, within limit: Duration, seen: String) async -> NoReturn {
        let driver = run.driver(of: host.resource)
        let pieces = try? await answered(within: QuestionLimit.evidence) { await driver.evidence(of: host.resource) }
        let trouble = try? await withDeadline(.seconds(20)) { await driver.trouble(with: host.resource) }
        let more = (trouble ?? nil).map { "; \($0)" } ?? ""
        return NoReturn("it did not come back within \(limit.brief): \(seen)\(more)", evidence: pieces ?? [])
    }

    private func bootMark(of host: Host) async throws -> String {
        let command = Command.script(Self.mark, user: "root", timeout: Self.questionLimit)
        let result = try await host.transport.require(command, "asking \(host.name) for its boot", isTransient: true)
        return result.output.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// Tells the host to restart. What it answers may be lost with its connection.
    private func begin(_ way: RestartWay, _ host: Host) async throws {
        if case .byPower = way {
            await host.transport.close()
            try await run.driver(of: host.resource).power(host.resource, on: false)
            return try await run.driver(of: host.resource).power(host.resource, on: true)
        }
        let script = "if [ -d /run/systemd/system ]; then systemctl reboot; else reboot; fi"
        do {
            try await host.transport.require(
                .script(script, user: "root", timeout: Self.questionLimit), "rebooting \(host.name)", isTransient: false)
        } catch let error as InfrastructureError
            where [ProblemType.sshLost.rawValue, ProblemType.commandTimeout.rawValue].contains(error.type)
        {
            // Its sshd ended before the answer was sent: that is what was asked for.
        }
    }

    /// The host on its next boot. Until it goes down it still answers, with the boot that it had.
    private func returned(_ host: Host, after before: String, waiting: @escaping @Sendable (String) -> Void) async throws -> Host {
        if host.transport.isOpen { await waitForEnd(of: host) }
        await host.transport.close()
        while true {
            try Task.checkCancellation()
            do {
                if let fresh = try await reached(host, after: before, waiting: waiting) { return fresh }
                waiting("it still shuts down")
            } catch let error as InfrastructureError {
                // Half booted, it may refuse what it will accept in a moment.
                waiting("\(error.what): \(error.why)")
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Waits until the connection ends, but not long: a host that hangs keeps it.
    private func waitForEnd(of host: Host) async {
        for _ in 1...20 where host.transport.isOpen && !Task.isCancelled { try? await Task.sleep(for: .milliseconds(250)) }
    }

    /// Connects; nil if it is still the boot before.
    private func reached(_ host: Host, after before: String, waiting: @escaping @Sendable (String) -> Void) async throws -> Host? {
        let resource = host.resource
        let endpoint = try await run.driver(of: resource).ready(resource, for: run.cell, waiting: waiting).checked()
        let transport = try await run.parts.connector.connect(to: endpoint, waiting: waiting)
        let fresh = Host(plan: host.plan, resource: resource, endpoint: endpoint, transport: transport)
        do {
            guard try await bootMark(of: fresh) != before else {
                await transport.close()
                return nil
            }
        } catch {
            await transport.close()
            throw error
        }
        await run.connections.add(transport)
        run.record.addCommands(of: fresh)
        try await note(endpoint, of: fresh)
        return fresh
    }

    /// Its address may be another one: for `matrix ssh`, and for the report.
    private func note(_ endpoint: Endpoint, of host: Host) async throws {
        run.record.move(host.name, to: endpoint.address)
        guard let lease = await run.leases.all.first(where: { $0.resource.name == host.resource.name }) else { return }
        try await run.parts.ledger.reachable(lease.id, at: endpoint)
    }
}

/// What was seen last of a host that restarts.
private final class RestartWatch: Sendable {
    private let text = Mutex("nothing")

    func see(_ what: String) { text.withLock { $0 = what } }

    var last: String { text.withLock { $0 } }
}
