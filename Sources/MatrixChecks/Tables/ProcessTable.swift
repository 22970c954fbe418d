import MatrixCore

/// The processes of a host, read from /proc.
struct ProcessTable {
    struct Process: Hashable {
        var id: Int
        var parent: Int = 0
        /// What the kernel calls it: at most 15 bytes.
        var name: String = ""
        var state: Character = "?"
        var user: String = ""
        /// The path of its program; nil for kernel threads.
        var program: String?
    }

    private let processes: [Int: Process]
    /// The shell that asks: it and what it started do not count.
    private let asker: Int?

    /// Prints what ``init(_:)`` reads. A process that ends meanwhile is left out.
    static let script = """
        [ -r /proc/self/status ] || fail "the host has no /proc"
        echo "asker $SOLTI_PROBE"
        getent passwd 2>/dev/null || cat /etc/passwd
        echo status
        grep -HE '^(Name|State|PPid|Uid):' /proc/[0-9]*/status 2>/dev/null
        echo programs
        ls -l /proc/[0-9]*/exe 2>/dev/null
        exit 0
        """

    init(_ text: String) {
        var users: [Substring: String] = [:]
        var found: [Int: Process] = [:]
        var asker: Int?
        var section = Substring("passwd")
        for line in text.parts(at: "\n") {
            if line.hasPrefix("asker ") { asker = Int(line.dropFirst(6)) }
            if line == "status" || line == "programs" { section = line }
            switch section {
            case "passwd":
                let fields = line.parts(at: ":", omittingEmptySubsequences: false)
                if fields.count > 2, users[fields[2]] == nil { users[fields[2]] = String(fields[0]) }
            case "status": Self.readStatus(line, users: users, into: &found)
            default: Self.readProgram(line, into: &found)
            }
        }
        processes = found
        self.asker = asker
    }

    /// `/proc/1/status:Name:<TAB>systemd`.
    private static func readStatus(_ line: Substring, users: [Substring: String], into found: inout [Int: Process]) {
        let parts = line.parts(at: ":", maxSplits: 2)
        guard parts.count == 3, let id = id(in: parts[0]) else { return }
        let value = parts[2].drop { $0 == "\t" || $0 == " " }
        let first = value.prefix { !$0.isWhitespace }
        switch parts[1] {
        case "Name": found[id, default: Process(id: id)].name = String(value)
        case "State": found[id, default: Process(id: id)].state = first.first ?? "?"
        case "PPid": found[id, default: Process(id: id)].parent = Int(first) ?? 0
        default: found[id, default: Process(id: id)].user = users[first] ?? String(first)
        }
    }

    /// `lrwxrwxrwx 1 root root 0 Nov 23 05:18 /proc/1/exe -> /usr/lib/systemd/systemd`.
    private static func readProgram(_ line: Substring, into found: inout [Int: Process]) {
        guard let arrow = line.firstRange(of: " -> "), let start = line.firstRange(of: "/proc/"), let id = id(in: line[start.lowerBound...])
        else { return }
        let target = String(line[arrow.upperBound...])
        found[id]?.program = target.hasSuffix(" (deleted)") ? String(target.dropLast(10)) : target
    }

    private static func id(in path: Substring) -> Int? {
        Int(path.dropFirst("/proc/".count).prefix { $0.isNumber })
    }

    /// Whether it has the first process, and the shell that asks if that is known: if not, processes are hidden from this account, or the
    /// table was not read to its end.
    var isWhole: Bool { processes[1] != nil && asker.map { processes[$0] != nil } ?? true }

    subscript(id: Int) -> Process? { processes[id] }

    /// The living processes whose kernel name, or whose program's file name, is this.
    func processes(named name: String) -> [Process] {
        processes.values.filter { process in
            guard process.state != "Z", process.state != "X", !isAsking(process) else { return false }
            let program = process.program.map { $0.parts(at: "/").last.map(String.init) ?? $0 }
            return process.name.isSame(as: name) || program?.isSame(as: name) ?? false
                || (name.utf8.count > 15 && program == nil && name.begins(with: process.name) && process.name.utf8.count == 15)
        }.sorted { $0.id < $1.id }
    }

    private func isAsking(_ process: Process) -> Bool {
        guard let asker else { return false }
        var current: Process? = process
        var steps = 0
        while let known = current, steps < 64 {
            if known.id == asker { return true }
            current = processes[known.parent]
            steps += 1
        }
        return false
    }
}
