internal import FoundationEssentials

/// What `/proc/<pid>/stat` says of a process (proc_pid_stat(5)).
package struct ProcessStatus: Sendable {
    /// The third field: `R`, `S`, `Z`, ….
    package let state: String
    /// The fourth field: the id of its parent process.
    package let parent: Int32
    /// The fifth field: the id of its process group.
    package let group: Int32
    /// The 22nd field: clock ticks since boot.
    package let startTicks: Int64

    /// Nil if there is no such process, or it is hidden.
    package init?(pid: Int32) {
        guard let text = SystemFile.text("/proc/\(pid)/stat") else { return nil }
        self.init(stat: text)
    }

    /// Reads the line; the program's name in it may hold spaces and parentheses.
    package init?(stat: String) {
        guard let nameEnd = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: nameEnd)...].split(whereSeparator: \.isWhitespace)
        guard fields.count > 19, let parent = Int32(fields[1]), let group = Int32(fields[2]), let ticks = Int64(fields[19])
        else { return nil }
        state = String(fields[0])
        self.parent = parent
        self.group = group
        startTicks = ticks
    }

    /// Killed, and only waiting for its parent to notice.
    package var hasEnded: Bool { state == "Z" || state == "X" || state == "x" }

    /// The ids of all processes that `/proc` shows; none if it is not there.
    package static var all: [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
    }
}
