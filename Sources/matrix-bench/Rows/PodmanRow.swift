import Foundation
import MatrixCore
import MatrixPlatforms
import MatrixRemote

/// A cell of one host on Podman with one check, beside the same by hand: the container, a login, its end.
struct PodmanRow: Row {
    let needsHosts = true
    let name = "podman-1"
    private static let file = """
        version: 1
        name: tiny
        platforms: { podman: { driver: podman } }
        axes: { os: [debian12], platform: [podman] }
        verify: [{ command: "true" }]

        """

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        guard try await LocalTransport().run(Command(["sh", "-c", "podman info >/dev/null && ssh -V"])).succeeded else {
            return [Measurement(row: name, what: "a cell of one host", unit: "×", note: "Podman does not work here")]
        }
        try Self.file.write(toFile: "\(folder)/tiny.yml", atomically: true, encoding: .utf8)
        let counter = try PodmanCounter(in: folder)
        // The first run makes the image, and every run of a machine but its first knows what its Podman is.
        _ = try counter.run(in: folder)
        let hand = try await ByHand(in: folder)
        var (ours, theirs, processes): ([Double], [Double], [Int]) = ([], [], [])
        for _ in 0..<(scale.isSmoke ? 1 : 5) {
            let run = try counter.run(in: folder)
            ours.append(run.seconds)
            processes.append(run.processes)
            theirs.append(try await hand.seconds())
        }
        let (own, byHand) = (Self.median(ours), Self.median(theirs))
        return [
            Measurement(
                row: name, what: "a cell of one host: podman processes", value: Double(processes.max() ?? 0), unit: "processes",
                limit: scale.limit(8)),
            Measurement(
                row: name, what: "a cell of one host: time beside the same by hand", value: own / byHand, unit: "×",
                limit: scale.limit(1.3), note: "medians of \(ours.count) pairs: \(Self.brief(own)) and \(Self.brief(byHand))"),
        ]
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    private static func brief(_ seconds: Double) -> String { String(format: "%.2f s", seconds) }
}

/// Runs `matrix` with a `podman` in front of the real one that counts how often it is started.
private struct PodmanCounter {
    private let folder: String
    private var log: String { "\(folder)/podman.log" }

    init(in folder: String) throws {
        self.folder = "\(folder)/bin"
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let script = "#!/bin/sh\necho >>'\(self.folder)/podman.log'\nPATH='\(path)'; export PATH\nexec podman \"$@\"\n"
        try NewFile.write(script, to: "\(self.folder)/podman", mode: 0o755)
    }

    func run(in directory: String) throws -> (seconds: Double, processes: Int) {
        try? FileManager.default.removeItem(atPath: log)
        let path = "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
        let seconds = try Program.matrix.seconds(
            ["run", "tiny.yml", "--state", "state", "--reports", "reports", "--format", "plain"], environment: ["PATH": path], in: directory
        )
        return (seconds, (try? Data(contentsOf: URL(fileURLWithPath: log)).count) ?? 0)
    }
}

/// What a person would type for the same host.
private struct ByHand {
    private let script: String

    /// The image is the one that `matrix` has made.
    init(in folder: String) async throws {
        let runner = LocalTransport()
        let kit = try await PodmanHostKit.find(state: folder, runner: runner)
        let images = try await runner.require(
            Command(["podman", "images", "--format", "{{.Names}}", "--filter", "reference=localhost/solti-matrix/debian12"]),
            "podman images")
        guard let image = images.output.split(whereSeparator: { "[] \n".contains($0) }).first else {
            throw BenchError("matrix made no image of debian12")
        }
        try await runner.require(Command(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/id"]), "ssh-keygen")
        let options = ShellQuoting.join(kit.creation)
        script = """
            set -e
            port=$1
            id=$(podman \(ShellQuoting.join(kit.options)) run --detach --systemd=always --stop-timeout 0 --no-hosts --pull=never \
                \(options) --publish "127.0.0.1:$port:22" \(image))
            podman exec --interactive "$id" sh -c 'umask 077; mkdir -p /root/.ssh; cat >>/root/.ssh/authorized_keys' <'\(folder)/id.pub'
            until ssh -F none -i '\(folder)/id' -p "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes \
                root@127.0.0.1 true 2>/dev/null; do sleep 0.05; done
            podman rm --force --volumes "$id"
            """
    }

    func seconds() async throws -> Double {
        let started = ContinuousClock.now
        try await LocalTransport().require(
            .script(script, arguments: ["\(try FreePort.find())"], timeout: .seconds(300)), "the same by hand")
        return (ContinuousClock.now - started).inSeconds
    }
}
