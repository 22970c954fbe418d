import MatrixCore
import MatrixEngine
import UnixSignals

#if canImport(Glibc)
import Glibc
#endif

/// Turns signals into a run's end: the first takes everything down, the second abandons that and says what is left.
struct SignalWatch {
    let control: RunControl
    let ledger: any Ledger
    let run: RunID

    /// Watches until the surrounding task is cancelled.
    func watch() async {
        var seen = 0
        for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
            seen += 1
            if seen == 1 {
                control.stop(.signal(name: signal == .sigint ? "SIGINT" : "SIGTERM", exitStatus: signal == .sigint ? 130 : 143))
            } else {
                await abandon()
            }
        }
    }

    private func abandon() async -> Never {
        Terminal.error("\nabandoned: these may be left behind")
        let left = ((try? await ledger.open()) ?? []).filter { $0.resource.run == run && $0.state != .kept }
        for lease in left {
            try? await ledger.leaked(lease.id, why: "abandoned by a second signal")
            let id = lease.resource.id.isEmpty ? "no id yet" : "id \(lease.resource.id)"
            Terminal.error("    \(lease.resource.kind) \(lease.resource.name) (\(id)) on \(lease.resource.platform)")
        }
        Terminal.error("remove them: matrix reap --run \(run) --yes")
        try? await ledger.end(run, exitStatus: 4)
        exit(4)
    }
}
