public import MatrixCore
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension Owner {
    /// This process.
    public static func current() -> Owner {
        Owner(pid: getpid(), startTicks: ProcessStatus(pid: getpid())?.startTicks ?? 0, boot: ThisMachine.boot, machine: ThisMachine.name)
    }

    /// Whether the process still runs. One that cannot be seen from here (on another machine, in another container) counts as
    /// alive: its resources are not ours to remove.
    var isAlive: Bool {
        guard machine == ThisMachine.name, !boot.isEmpty else { return true }
        guard boot == ThisMachine.boot else { return false }
        if kill(pid, 0) != 0, errno == ESRCH { return false }
        // A /proc that hides other accounts' processes says nothing.
        guard let status = ProcessStatus(pid: pid) else { return kill(pid, 0) == 0 || errno != ESRCH }
        return status.startTicks == startTicks && !status.hasEnded
    }
}
