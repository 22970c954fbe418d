internal import Foundation
internal import MatrixCore

/// Starts and ends the processes of guests and networks.
struct GuestLauncher: Sendable {
    let runner: any Transport
    let control: GuestControl
    let shelf: GuestShelf

    private static let startLimit = Duration.seconds(60)
    private static let quitLimit = Duration.seconds(2)
    private static let endLimit = Duration.seconds(5)

    /// Starts a process of a resource that outlives this one. Returns when it is ready.
    ///
    /// - Parameter count: how many processes the resource has then.
    func start(_ arguments: [String], of resource: Resource, count: Int = 1, _ what: String) async throws {
        let folder = shelf.folder(of: resource)
        let command = Command(arguments, directory: folder, timeout: Self.startLimit)
        let result = try await runner.run(command)
        guard result.succeeded else {
            let failure = runner.failure(of: command, result)
            throw InfrastructureError("\(what) did not start", why: Self.reason(result, failure), type: .qemu, command: failure)
        }
        // QEMU lets others of the account's group use its socket.
        try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(folder)/\(QMPSocket.file)")
        guard try processes(of: resource).count >= count else {
            throw InfrastructureError("\(what) did not start", why: "its program reported success, but it does not run", type: .qemu)
        }
    }

    /// QEMU says first what was wrong, and then what it could not do for that.
    private static func reason(_ result: CommandResult, _ failure: CommandFailure) -> String {
        let lines = result.errorOutput.split(separator: "\n").map(String.init)
        let line = lines.first { !$0.contains("warning:") }
        return line.map { Redactor.current.redact(PlainText.clean($0)) }?.unlessEmpty ?? failure.lastLine
    }

    /// The processes of a resource.
    func processes(of resource: Resource) throws -> [GuestProcess] {
        let mark = try shelf.mark()
        return control.processes().filter { $0.name.mark == mark && $0.name.isOf(resource) }
    }

    /// Ends all processes of a resource, and waits for that.
    ///
    /// - Throws: `InfrastructureError` if one does not end.
    func end(_ resource: Resource) async throws {
        guard try !processes(of: resource).isEmpty else { return }
        // Asked first, QEMU removes what it made; nobody needs what the guest would write.
        _ = try? await control.ask(shelf.folder(of: resource), .quit, Self.quitLimit)
        if resource.kind == QemuPlatform.guestKind, try await isEmpty(resource, within: Self.endLimit) { return }
        for process in try processes(of: resource) { control.end(process) }
        guard try await isEmpty(resource, within: Self.endLimit) else {
            let left = try processes(of: resource).map { "\($0.pid)" }.joined(separator: " ")
            throw InfrastructureError(
                "\(resource.kind) \(resource.name) could not be ended", why: "process \(left) still runs after SIGKILL",
                next: "see what it waits for: ps -o pid,stat,wchan,args -p \(left)", type: .destroyQemu)
        }
    }

    private func isEmpty(_ resource: Resource, within limit: Duration) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while true {
            if try processes(of: resource).isEmpty { return true }
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
