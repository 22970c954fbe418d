import MatrixCore
import MatrixLedger

let sampleRun = RunID("261123-050122-k3f9")

extension Owner {
    /// A process of this machine that ended: its pid may be anybody's, its start is nobody's.
    static var dead: Owner {
        var owner = Owner.current()
        owner.startTicks += 1
        return owner
    }

    /// A process of a machine that cannot be seen from here.
    static var foreign: Owner { Owner(pid: 1, startTicks: 1, boot: "b", machine: "elsewhere") }
}

extension RunRecord {
    static func sample(_ run: RunID = sampleRun, started: Double = 1_795_410_082.123456, owner: Owner = .current()) -> RunRecord {
        RunRecord(
            run: run, matrix: "local", file: "/p/matrices/local.yml", started: Timestamp(seconds: started), owner: owner,
            platforms: ["podman": #"{"driver":"podman"}"#], reports: "/p/reports/\(run)")
    }
}

extension Resource {
    static func sample(_ name: String = "debian12-podman", run: RunID = sampleRun, id: String = "") -> Resource {
        Resource(
            platform: "podman", kind: "container", name: "\(name)-\(run)", id: id, run: run, cell: "debian12-podman", host: name,
            expires: Timestamp(seconds: 1_795_424_482.5), details: ["port": "40022"])
    }
}

extension Endpoint {
    static let sample = Endpoint(
        address: "127.0.0.1", port: 40022, user: "root", keyFile: "/s/runs/r/id_ed25519", knownHostsFile: "/s/runs/r/known_hosts",
        alias: "debian12-podman", hostKeys: ["ssh-ed25519 AAAA"], internalAddress: "10.89.0.2")
}

extension CellResult {
    static func sample(
        _ name: String = "debian12-podman", outcome: Outcome = .passed, seconds: [Phase: Double] = [:], finished: Double = 100
    ) -> CellResult {
        let phases = seconds.map { phase, seconds in
            PhaseResult(
                phase: phase, attempt: 1, started: Timestamp(seconds: finished - seconds), finished: Timestamp(seconds: finished),
                outcome: outcome)
        }
        return CellResult(
            name: name, point: [], platform: "podman", outcome: outcome, queued: Timestamp(seconds: 0), started: Timestamp(seconds: 0),
            finished: Timestamp(seconds: finished), phases: phases)
    }
}

extension RunResult {
    static func sample(_ run: String = sampleRun.value, matrix: String = "local", cells: [CellResult]) -> RunResult {
        RunResult(
            run: RunID(run), matrix: matrix, file: "local.yml", started: Timestamp(seconds: 0), finished: Timestamp(seconds: 100), axes: [],
            cells: cells)
    }
}
