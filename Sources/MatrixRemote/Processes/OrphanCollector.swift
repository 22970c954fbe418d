import Glibc
internal import MatrixCore
internal import Synchronization

/// As PID 1 of a container `matrix` becomes the parent of every orphan there, and must collect those that have ended.
///
/// It never waits for just any child: that would take the exit statuses of the children that the process library waits for.
public enum OrphanCollector {
    private static let children = Mutex<Set<pid_t>>([])

    /// Begins to collect, if this process is PID 1.
    public static func start() {
        guard getpid() == 1 else { return }
        Task.detached(priority: .background) {
            var ended: Set<pid_t> = []
            while (try? await Task.sleep(for: .seconds(1))) != nil { ended = collect(seenBefore: ended) }
        }
    }

    /// Notes a child that somebody waits for.
    static func spare(_ child: pid_t) { children.withLock { _ = $0.insert(child) } }
    static func forget(_ child: pid_t) { children.withLock { _ = $0.remove(child) } }

    /// Collects the orphans that had already ended in the round before: a child of the library that was started a moment ago is not
    /// noted yet, and one that has ended is collected by the library within that time.
    ///
    /// - Returns: those that have ended now.
    static func collect(seenBefore: Set<pid_t>, of parent: pid_t = getpid()) -> Set<pid_t> {
        var information = siginfo_t()
        // A look that takes nothing: most of the time there is nobody.
        guard waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT) == 0, information.si_signo == SIGCHLD else { return [] }
        let spared = children.withLock(\.self)
        let ended = ProcessStatus.all.filter { pid in
            guard !spared.contains(pid), let status = ProcessStatus(pid: pid) else { return false }
            return status.parent == parent && status.hasEnded
        }
        for orphan in seenBefore.intersection(ended) { _ = waitid(P_PID, id_t(orphan), &information, WEXITED | WNOHANG) }
        return Set(ended).subtracting(seenBefore)
    }
}
