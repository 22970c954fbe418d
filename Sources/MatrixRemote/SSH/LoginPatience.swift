internal import MatrixCore

/// One try to log in.
enum LoginAttempt<Session> {
    case open(Session)
    /// The client's complaint, and the error to throw if waiting cannot help.
    case refused(SSHComplaint, InfrastructureError)
}

/// Tries to log in until it works: waits if time may help, and fails at once if it cannot.
struct LoginPatience<Time: Clock>: Sendable where Time.Duration == Duration {
    /// How long to retry a refused authentication: cloud-init may still be making the account.
    let authentication: Duration
    let clock: Time

    /// - Parameters:
    ///   - waiting: receives the reason for each wait.
    ///   - attempt: tries once.
    /// - Throws: the error of a try if waiting cannot help; cancellation.
    func login<Session>(waiting: (String) -> Void, attempt: () async throws -> LoginAttempt<Session>) async throws -> Session {
        var denied: Time.Instant?
        let backoff = Backoff(first: .milliseconds(200), factor: 1.5, most: .seconds(3))
        for number in 1... {
            switch try await attempt() {
            case .open(let session): return session
            case .refused(let complaint, let error):
                let now = clock.now
                denied = complaint.kind == .denied ? denied ?? now : nil
                let isOver = denied.map { $0.duration(to: now) > authentication } ?? false
                if complaint.kind == .hostKey || isOver { throw error }
                waiting(complaint.reason)
                try await clock.sleep(for: backoff.pause(before: number))
            }
        }
        throw CancellationError()
    }
}
