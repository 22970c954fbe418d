public import MatrixCore

/// The first script on a new connection: it waits for cloud-init, if the host has it (until then accounts, keys and packages still
/// change), and then asks the host what it is.
enum Greeting {
    private static let cloudInit = """
        if command -v cloud-init >/dev/null 2>&1; then
          cloud-init status --wait >/dev/null 2>&1; s=$?
          # 2 is "done, with recoverable errors" since cloud-init 23.4.
          if [ $s -ne 0 ] && [ $s -ne 2 ]; then cloud-init status --long; exit $s; fi
        fi

        """

    /// Longer than any first boot: `cloud-init status --wait` waits for ever if cloud-init hangs. The phases of a run end sooner.
    private static let limit = Duration.seconds(1800)

    /// - Parameter waiting: told if cloud-init takes its time.
    static func facts(over transport: some Transport, alias: String, waiting: @escaping @Sendable (String) -> Void) async throws
        -> HostFacts
    {
        let notice = Task {
            try await Task.sleep(for: .seconds(2))
            waiting("cloud-init is still running")
        }
        defer { notice.cancel() }
        let result: CommandResult
        do {
            result = try await transport.run(.script(cloudInit + HostFacts.script, timeout: limit))
        } catch let error as InfrastructureError where error.type == ProblemType.commandTimeout.rawValue {
            throw InfrastructureError(
                "cloud-init on \(alias)", why: "it still runs after \(limit.brief)", next: "see on the host: cloud-init status --long",
                type: .sshCloudInit, isTransient: false)
        }
        guard !result.succeeded else { return HostFacts(result.output) }
        let failure = transport.failure(of: Command(["cloud-init", "status", "--wait", "--long"]), result)
        throw InfrastructureError(
            "cloud-init on \(alias)", why: failure.lastLine, next: "see /var/log/cloud-init-output.log on the host", type: .sshCloudInit,
            isTransient: false, command: failure)
    }
}

extension HostFacts {
    /// Prints which system the host runs, as `HostFacts.init` reads it.
    public static let systemScript = """
        f=/etc/os-release; [ -r $f ] || f=/usr/lib/os-release
        [ ! -r $f ] || (
          ID= VERSION_ID= PRETTY_NAME=
          . $f
          printf 'id %s\\nversion %s\\ntitle %s\\n' "$ID" "$VERSION_ID" "$PRETTY_NAME"
        )
        echo "kernel $(uname -r)"; echo "arch $(uname -m)"

        """

    /// Prints all facts.
    public static let script =
        systemScript + """
            echo "cores $(nproc 2>/dev/null)"
            echo "memory $(sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)"
            if [ "$(id -u)" -eq 0 ]; then echo "root yes"
            elif said=$(LC_ALL=C sudo -n true 2>&1); then echo "root yes"
            else echo "refusal $(printf %s "$said" | tail -n 1)"; fi
            exit 0
            """
}
