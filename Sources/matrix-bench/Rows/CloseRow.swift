import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting

/// How long the close of a connection takes if PID 1 collects nobody, as in many a container.
struct CloseRow: Row {
    let needsHosts = true
    private static let variable = "MATRIX_BENCH_INSIDE"

    let name = "close"

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let inside = ProcessInfo.processInfo.environment[Self.variable] != nil
        if inside { return try await probe(scale, in: folder) }
        let obstacle = RealSSHServer.isAvailable ? (geteuid() == 0 ? nil : "a PID namespace needs root") : "there is no sshd"
        if let obstacle { return [Measurement(row: name, what: "the longest close", value: nil, unit: "s", note: obstacle)] }
        let printed = try withoutCollector(["--row", name] + (scale.isSmoke ? ["--smoke"] : []))
        return try JSONDecoder().decode([Measurement].self, from: printed)
    }

    /// What this program prints as a child of a PID 1 that never waits for anybody.
    private func withoutCollector(_ arguments: [String]) throws -> Data {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        let collectsNobody = #""$@" & exec sleep 3600 >/dev/null"#
        process.arguments =
            ["--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", collectsNobody, "sh", Program.executable.path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging([Self.variable: "1"]) { $1 }
        process.standardOutput = output
        try process.run()
        // Its end is the end of the output: PID 1 has closed its own.
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.terminate()
        process.waitUntilExit()
        return data
    }

    private func probe(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let server = try RealSSHServer()
        defer { server.stop() }
        let connector = SSHConnector(controlDirectory: folder)
        var times: [Double] = []
        for _ in 0..<5 {
            let transport = try await connector.connect(to: server.endpoint()) { _ in }
            let started = ContinuousClock.now
            await transport.close()
            times.append((ContinuousClock.now - started).inSeconds)
        }
        let uncollected = ProcessStatus.all.compactMap { pid -> String? in
            guard ProcessStatus(pid: pid)?.hasEnded == true else { return nil }
            return SystemFile.text("/proc/\(pid)/comm")
        }
        return [
            Measurement(
                row: name, what: "the longest close of \(times.count), with a PID 1 that collects nobody", value: times.max(), unit: "s",
                limit: scale.limit(0.5)),
            Measurement(
                row: name, what: "processes of the client that nobody has collected", value: Double(uncollected.count { $0 != "sshd" }),
                unit: "processes", limit: 0, note: "sshd's own are not counted"),
        ]
    }
}
