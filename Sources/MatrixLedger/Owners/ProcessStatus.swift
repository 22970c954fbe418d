import SystemPackage

/// What `/proc/<pid>/stat` says of a process (proc_pid_stat(5)).
struct ProcessStatus {
    /// The third field: `R`, `S`, `Z`, ….
    let state: String
    /// The 22nd field: clock ticks since boot.
    let startTicks: Int64

    /// Nil where there is no such process, or it is hidden.
    init?(pid: Int32) {
        guard let text = SystemFile.text("/proc/\(pid)/stat") else { return nil }
        self.init(stat: text)
    }

    /// Reads the line; the program's name in it may hold spaces and parentheses.
    init?(stat: String) {
        guard let nameEnd = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: nameEnd)...].split(whereSeparator: \.isWhitespace)
        guard fields.count > 19, let ticks = Int64(fields[19]) else { return nil }
        state = String(fields[0])
        startTicks = ticks
    }

    /// Killed, and only waiting for its parent to notice.
    var hasEnded: Bool { state == "Z" || state == "X" || state == "x" }
}
