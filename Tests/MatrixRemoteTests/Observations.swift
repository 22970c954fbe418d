import Foundation
import Glibc

/// The most memory that this process ever had, in bytes.
func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
}

/// The permission bits of a file; 0 where there is none.
func mode(of path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int ?? 0
}

/// Whether a process runs; a zombie does not.
func isRunning(_ process: Int32) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8), let end = text.lastIndex(of: ")") else { return false }
    return !text[end...].hasPrefix(") Z")
}

/// Waits until something holds, for ten seconds at most.
func eventually(_ holds: () throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
        if try holds() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return try holds()
}
