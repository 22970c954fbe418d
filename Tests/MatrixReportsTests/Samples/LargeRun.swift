import MatrixCore

/// Runs of many cells and cases, some of which fail.
enum LargeRun {
    static func cases(cells: Int, checks: Int) -> RunResult {
        let systems = ["rocky9", "rocky10", "debian12", "debian13", "ubuntu2404"]
        let platforms = ["proxmox", "linode", "podman", "k3s", "static"]
        let results = (0..<cells).map { index in
            let point = [
                AxisValue(axis: "os", value: systems[index % 5]), AxisValue(axis: "platform", value: platforms[index / 5 % 5]),
                AxisValue(axis: "release", value: "r\(index / 25 + 1)"),
            ]
            return cell(point, index: index, checks: checks)
        }
        var run = SampleRun.run([])
        run.matrix = "large"
        run.cells = results
        run.axes = [
            Axis(name: "os", values: systems), Axis(name: "platform", values: platforms),
            Axis(name: "release", values: (0...(cells - 1) / 25).map { "r\($0 + 1)" }),
        ]
        run.finished = results.map(\.finished).max() ?? run.started
        run.exitStatus = .failed
        return run
    }

    private static func cell(_ point: [AxisValue], index: Int, checks: Int) -> CellResult {
        let line = Timeline(zero: SampleRun.zero, at: Double(index) * 3)
        for phase in [Phase.create, .provision, .deploy] {
            line.phase(phase, seconds: 20 + Double(index % 7) * 5, .passed)
            line.test(phase, phase.rawValue, "\(phase.rawValue) the host", seconds: 19, .passed)
        }
        line.phase(.verify, seconds: 30, .failed)
        for number in 0..<(checks - 4) {
            let fails = number % 40 == 7 && point[0].value == "rocky10" || number == 3 && index % 9 == 0
            line.test(
                .verify, "verify", "service application-\(number).service is running and enabled", seconds: 0.2, fails ? .failed : .passed,
                message: fails ? "expected running, observed failed (exit-code)" : nil, detail: fails ? SampleRun.failed.detail : nil,
                type: fails ? "matrix.check.service" : nil, line: 20 + number)
        }
        line.phase(.destroy, seconds: 4, .passed)
        line.test(.destroy, "destroy", "destroy the host", seconds: 4, .passed)
        let failed = line.cases.contains { $0.outcome == .failed }
        return CellResult(
            name: point.map(\.value).joined(separator: "-"), point: point, platform: point[1].value, outcome: failed ? .failed : .passed,
            queued: line.zero,
            started: line.began, finished: line.now, phases: line.phases, cases: line.cases,
            hosts: [
                HostResult(
                    name: "h\(index)", role: "host", address: "10.0.0.1", resource: "vm-\(index)",
                    facts: ["kernel": "6.1.0", "image": "img"])
            ])
    }
}
