import Foundation
import MatrixCore
import MatrixTesting

/// What a whole run on hosts that exist costs, compared with a bare loop of `ssh`: one login and four sessions a host, all hosts at once.
struct StaticRow: Row {
    let needsHosts = true
    let hosts: Int
    /// How many times the bare loop's wall time it may take.
    let limit: Double

    var name: String { "static-\(hosts)" }

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let count = scale.of(hosts)
        let what = "\(count) host\(count == 1 ? "" : "s"), a cell with one check each"
        if let obstacle = BenchFarm.obstacle {
            return [Measurement(row: name, what: "\(what): wall", value: nil, unit: "s", note: obstacle)]
        }
        let farm = try BenchFarm(count)
        defer { farm.stop() }
        try farm.matrix.write(toFile: "\(folder)/farm.yml", atomically: true, encoding: .utf8)
        let arguments = ["run", "farm.yml", "--format", "plain"]
        // Once before: the ledger of a project is made by its first run.
        _ = try Program.matrix.usage(arguments, in: folder)
        let before = (farm.logins, farm.sessions)
        var (bare, own): ([Usage], [Usage]) = ([], [])
        let times = scale.isSmoke ? 1 : 5
        for _ in 0..<times {
            own.append(try Program.matrix.usage(arguments, in: folder))
            bare.append(try BareLoop(farm).usage(in: folder))
        }
        let (logins, sessions) = (farm.logins - before.0, farm.sessions - before.1)
        let visits = times * count
        let (wall, loop) = (own.map(\.wall).median, bare.map(\.wall).median)
        var rows = [
            Measurement(
                row: name, what: "\(what): wall, times a bare loop", value: wall / loop, unit: "×", limit: scale.limit(limit),
                note: "\(text(wall)) s of \(text(loop)) s, medians of \(times); load \(Self.load)"),
            Measurement(row: name, what: "\(what): wall", value: wall, unit: "s", platform: loop),
            Measurement(
                row: name, what: "\(what): CPU", value: own.map(\.cpu).median, unit: "s", platform: bare.map(\.cpu).median,
                note: "of matrix and its processes; without sshd's"),
            Measurement(row: name, what: "\(what): peak memory of a process", value: Counted.children.peakMegabytes, unit: "MB"),
        ]
        // The bare loop was there as often.
        rows.append(
            Measurement(row: name, what: "logins a host", value: Double(logins - visits) / Double(visits), unit: "logins", limit: 1))
        let ownSessions = Double(sessions - visits * BareLoop.sessions)
        rows.append(Measurement(row: name, what: "sessions a host", value: ownSessions / Double(visits), unit: "sessions", limit: 4))
        rows.append(try processes(of: arguments, count, in: folder))
        rows += try spread(what, count, in: folder)
        return rows
    }

    private func text(_ seconds: Double) -> String { String(format: "%.2f", seconds) }

    private static var load: String {
        (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first.map(String.init) ?? "unknown"
    }

    /// Counts programs by a folder in front of the `PATH`: in a separate run, as that takes time.
    private func processes(of arguments: [String], _ count: Int, in folder: String) throws -> Measurement {
        let counted = CountedPrograms(in: folder)
        try counted.prepare(["ssh", "ssh-keygen", "sh", "git", "podman", "ansible-playbook", "cp", "tar"])
        _ = try Program.matrix.usage(arguments, in: folder, environment: ["PATH": counted.path])
        let calls = counted.calls
        let list = calls.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return Measurement(
            row: name, what: "processes on this machine, a host", value: Double(calls.values.reduce(0, +)) / Double(count),
            unit: "processes", note: list)
    }

    private func spread(_ what: String, _ count: Int, in folder: String) throws -> [Measurement] {
        guard let program = Peers.program("spread") else { return [] }
        let peer = try SpreadPeer(count, in: folder)
        defer { peer.stop() }
        let runs = try (0..<5).map { _ in try peer.usage(program) }
        return [
            Measurement(
                row: name, what: "\(what): spread's wall", value: runs.map(\.wall).median, unit: "s",
                note: "by password, without a report; CPU \(text(runs.map(\.cpu).median)) s")
        ]
    }
}

/// What somebody would write by hand: for each host one login and four sessions, all hosts at once.
struct BareLoop {
    static let sessions = 4
    private let script: String

    /// With the key exchange that `matrix` uses on loopback, so that only the number of calls is compared.
    init(_ farm: BenchFarm) {
        let calls = farm.servers.map { server in
            let options =
                "-F none -o KexAlgorithms=curve25519-sha256 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "
                + "-o IdentitiesOnly=yes -o ControlPath=\(server.directory)/loop -i \(server.keyFile) -p \(server.port) "
                + "\(server.user)@\(server.address)"
            return "one \(options) &"
        }
        script = """
            one() {
              ssh -o ControlMaster=yes -o ControlPersist=yes "$@" true </dev/null >/dev/null 2>&1 || exit 1
              for i in 2 3 \(Self.sessions); do ssh "$@" true </dev/null || exit 1; done
              ssh -O exit "$@" 2>/dev/null
            }
            \(calls.joined(separator: "\n"))
            wait
            """
    }

    func usage(in folder: String) throws -> Usage { try Usage.of(URL(fileURLWithPath: "/bin/sh"), ["-c", script], in: folder) }
}

/// Programs that note each call of theirs before they run.
struct CountedPrograms {
    private let folder: String
    private let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"

    init(in folder: String) {
        self.folder = "\(folder)/counted"
    }

    /// The `PATH` with which they are found first.
    var path: String { "\(folder):\(search)" }

    func prepare(_ names: [String]) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in names {
            let found = search.split(separator: ":").map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
            guard let found else { continue }
            let file = "\(folder)/\(name)"
            try "#!/bin/sh\necho \(name) >>'\(folder)/calls'\nexec '\(found)' \"$@\"\n".write(
                toFile: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        }
    }

    /// How often each was called.
    var calls: [String: Int] {
        let text = (try? String(contentsOfFile: "\(folder)/calls", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").reduce(into: [:]) { $0[String($1), default: 0] += 1 }
    }
}
