import Glibc
internal import MatrixCore

/// The processes that a program started and that stayed in its session's group.
struct ProcessGroup: Sendable {
    private let id: pid_t

    init(_ id: pid_t) {
        self.id = id
    }

    /// Waits for the group to be empty and ends by SIGKILL what is left of it after the grace.
    ///
    /// Its leader has been reaped; while there are members the kernel gives the id to no one else.
    func end(grace: Duration) async {
        kill(-id, SIGTERM)
        await waitUntilEmpty(atMost: grace)
        kill(-id, SIGKILL)
        // Who adopted them has to collect them; where nobody does, they stay as zombies.
        await waitUntilEmpty(atMost: .seconds(1))
    }

    private func waitUntilEmpty(atMost limit: Duration) async {
        // A task of its own, as the caller's is cancelled and would not sleep.
        let wait = Task { [id] in
            let deadline = ContinuousClock.now + limit
            while kill(-id, 0) == 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        }
        _ = await wait.result
    }

    /// Whether a child has ended, reaped or not.
    static func hasExited(_ process: pid_t) -> Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) != 0 || information.si_signo == SIGCHLD
    }
}
