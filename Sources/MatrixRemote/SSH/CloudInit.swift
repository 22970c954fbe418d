internal import MatrixCore

/// Waits for cloud-init, if a host has it: until then accounts, keys and packages still change.
enum CloudInit {
    private static let script = """
        command -v cloud-init >/dev/null 2>&1 || exit 0
        cloud-init status --wait >/dev/null 2>&1; s=$?
        # 2 is "done, with recoverable errors" since cloud-init 23.4.
        [ $s -eq 0 ] || [ $s -eq 2 ] && exit 0
        cloud-init status --long; exit $s
        """

    /// Longer than any first boot: `cloud-init status --wait` waits for ever if cloud-init hangs. The phases of a run end sooner.
    private static let limit = Duration.seconds(1800)

    static func wait(on transport: some Transport, alias: String, waiting: @escaping @Sendable (String) -> Void) async throws {
        let notice = Task {
            try await Task.sleep(for: .seconds(2))
            waiting("cloud-init is still running")
        }
        defer { notice.cancel() }
        let result: CommandResult
        do {
            result = try await transport.run(.script(script, timeout: limit))
        } catch let error as InfrastructureError where error.type == ProblemType.commandTimeout.rawValue {
            throw InfrastructureError(
                "cloud-init on \(alias)", why: "it still runs after \(limit.brief)", next: "see on the host: cloud-init status --long",
                type: .sshCloudInit, isTransient: false)
        }
        guard !result.succeeded else { return }
        let failure = transport.failure(of: Command(["cloud-init", "status", "--wait", "--long"]), result)
        throw InfrastructureError(
            "cloud-init on \(alias)", why: failure.lastLine, next: "see /var/log/cloud-init-output.log on the host", type: .sshCloudInit,
            isTransient: false, command: failure)
    }
}
