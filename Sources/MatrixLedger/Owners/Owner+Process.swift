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

    /// A process of this machine that has ended: the owner of a run whose real one is not known.
    public static var nobody: Owner { Owner(pid: 0, startTicks: -1, boot: "gone", machine: ThisMachine.name) }

    /// Whether the machine was restarted since, as far as that can be seen from here.
    public var isOfAnotherBoot: Bool { machine == ThisMachine.name && !boot.isEmpty && boot != ThisMachine.boot }

    /// Whether the process still runs. One that cannot be seen from here (on another machine, in another container) counts as
    /// alive: its resources are not ours to remove.
    public var isAlive: Bool {
        guard machine == ThisMachine.name, !boot.isEmpty else { return true }
        guard boot == ThisMachine.boot else { return false }
        if kill(pid, 0) != 0, errno == ESRCH { return false }
        // A /proc that hides other accounts' processes says nothing.
        guard let status = ProcessStatus(pid: pid) else { return kill(pid, 0) == 0 || errno != ESRCH }
        return status.startTicks == startTicks && !status.hasEnded
    }
}
