import Glibc
internal import MatrixCore

/// The processes that a program started and that stayed in its session's group.
struct ProcessGroup: Sendable {
    private let id: pid_t

    init(_ id: pid_t) {
        self.id = id
    }

    /// Waits for the group to be empty; after the grace, kills the rest with SIGKILL.
    ///
    /// Its leader has been reaped; while there are members the kernel gives the id to no one else.
    func end(grace: Duration) async {
        guard kill(-id, SIGTERM) == 0 || errno != ESRCH else { return }
        await waitUntilEmpty(atMost: grace)
        kill(-id, SIGKILL)
        await waitUntilEmpty(atMost: .seconds(1))
    }

    private func waitUntilEmpty(atMost limit: Duration) async {
        // A separate task, as the caller's is cancelled and would not sleep.
        let wait = Task { [id] in
            let deadline = ContinuousClock.now + limit
            var pause = Duration.milliseconds(1)
            while Self.isRunning(id), ContinuousClock.now < deadline {
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(20))
            }
        }
        _ = await wait.result
    }

    /// Whether a member still runs.
    ///
    /// For `kill` a zombie is a member like any other, and its new parent may never reap it: PID 1 of a container seldom does.
    private static func isRunning(_ group: pid_t) -> Bool {
        collect(group)
        guard kill(-group, 0) == 0 else { return false }
        return ProcessStatus.all.contains { pid in
            guard let status = ProcessStatus(pid: pid) else { return false }
            return status.group == group && !status.hasEnded
        }
    }

    /// Collects the orphans of the group whose parent this process has become, as PID 1 of a container.
    private static func collect(_ group: pid_t) {
        while true {
            var information = siginfo_t()
            guard waitid(P_PGID, id_t(group), &information, WEXITED | WNOHANG) == 0, information.si_signo == SIGCHLD else { return }
        }
    }

    /// Whether a child has ended, reaped or not.
    static func hasExited(_ process: pid_t) -> Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) != 0 || information.si_signo == SIGCHLD
    }
}
