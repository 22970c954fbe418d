import Glibc
import MatrixCore

/// The most memory that this process ever had, in bytes.
func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
}

/// Whether a process runs; a zombie does not.
func isRunning(_ process: Int32) -> Bool {
    ProcessStatus(pid: process).map { !$0.hasEnded } ?? false
}
