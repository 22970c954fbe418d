internal import MatrixCore

/// The ways to the processes of guests, other than by running programs.
struct GuestControl: Sendable {
    /// All of ours on this machine, of every state folder.
    var processes: @Sendable () -> [GuestProcess]
    /// Ends one at once.
    var end: @Sendable (GuestProcess) -> Void
    /// Asks the QEMU whose socket is in this folder, and gives its answer.
    var ask: @Sendable (_ folder: String, _ command: QMPCommand, _ limit: Duration) async throws -> Value
    /// Whether an SSH server answers at this port of 127.0.0.1.
    var answers: @Sendable (_ port: Int) async -> Bool

    static let current = GuestControl(
        processes: { GuestProcess.all() }, end: { $0.end() },
        ask: { folder, command, limit in try await QMPSocket.ask(command, of: folder, within: limit) },
        answers: { await SSHBanner.isShown(at: $0) })
}

/// What QEMU is asked over its socket.
enum QMPCommand: String, Sendable {
    case name = "query-name"
    case status = "query-status"
    /// Asks the guest to shut down, as a press of its power button does.
    case powerDown = "system_powerdown"
    case quit
}
