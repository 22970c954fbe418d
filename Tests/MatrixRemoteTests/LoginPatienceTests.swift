import MatrixCore
import Synchronization
import Testing

@testable import MatrixRemote

/// A host that is not reached at once, on a clock that a sleep moves.
@Suite struct LoginPatienceTests {
    /// Time passes when somebody sleeps.
    private final class SleepClock: Clock, Sendable {
        private let time = Mutex(ContinuousClock.now)

        var now: ContinuousClock.Instant { time.withLock { $0 } }
        var minimumResolution: Duration { .nanoseconds(1) }
        func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws { time.withLock { $0 = max($0, deadline) } }
    }

    private static let endpoint = Endpoint(
        address: "203.0.113.7", port: 22, user: "root", keyFile: "/s/id_ed25519", knownHostsFile: "/s/known_hosts", alias: "debian12-linode"
    )
    private static let refused = ["ssh: connect to host 203.0.113.7 port 22: Connection refused"]
    private static let changed = ["@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @", "Host key verification failed."]
    private static let denied = ["root@203.0.113.7: Permission denied (publickey)."]

    private let clock = SleepClock()

    /// Logs in to a host that says what `lines` has for the seconds since it began; nil is a session.
    private func login(waits: inout [String], _ lines: @escaping (Double) -> [String]?) async throws -> Double {
        let began = clock.now
        var heard: [String] = []
        defer { waits = heard }
        return try await LoginPatience(authentication: .seconds(90), clock: clock).login {
            heard.append($0)
        } attempt: {
            let seconds = began.duration(to: clock.now) / .seconds(1)
            guard let said = lines(seconds) else { return .open(seconds) }
            let complaint = SSHComplaint(said)
            return .refused(
                complaint,
                SSHConnector.failure(complaint, SSHMaster(SSHCommandLine(endpoint: Self.endpoint, socket: "/s/c", configuration: nil))))
        }
    }

    @Test func aMinuteOfRefusedConnectionsIsSatOut() async throws {
        var waits: [String] = []
        let seconds = try await login(waits: &waits) { $0 < 60 ? Self.refused : nil }
        #expect((60...63).contains(seconds))
        #expect(waits.count > 20 && Set(waits) == ["connection refused"])
    }

    /// What comes after the minute is not the machine that was made: nobody waits for it, and the message says what to do.
    @Test func aMinuteOfRefusedConnectionsAndThenAStrangersHostKeyIsRefused() async throws {
        var waits: [String] = []
        let began = clock.now
        let error = await #expect(throws: InfrastructureError.self) {
            try await login(waits: &waits) { $0 < 60 ? Self.refused : Self.changed }
        }
        #expect(error?.type == "matrix.ssh.host-key" && error?.isTransient == false)
        #expect(error?.why == "its host key is not the one that /s/known_hosts holds for it: another machine answers")
        #expect(error?.next?.contains("203.0.113.7:22") == true)
        #expect((60...63).contains(began.duration(to: clock.now) / .seconds(1)), "not a moment longer")
        #expect(Set(waits) == ["connection refused"])
    }

    @Test func aRefusedKeyIsGivenNinetySecondsInARow() async throws {
        var waits: [String] = []
        let began = clock.now
        // A restart of sshd in between begins them anew.
        let error = await #expect(throws: InfrastructureError.self) {
            try await login(waits: &waits) { (60..<70).contains($0) ? Self.refused : Self.denied }
        }
        #expect(error?.type == "matrix.ssh.authentication")
        #expect((160...166).contains(began.duration(to: clock.now) / .seconds(1)))
    }
}
