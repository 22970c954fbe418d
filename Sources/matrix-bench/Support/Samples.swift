import MatrixCore

/// Plans and results of any size.
enum Samples {
    private static let place = SourceLocation(file: "bench.yml", line: 1, column: 1)
    private static let system = OperatingSystem(
        name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"))

    static func plan(cells: Int, checks: Int, parallel: Int) -> Plan {
        let verify = (0..<checks).map { check("file", "/etc/passwd", name: "file /etc/passwd \($0)") }
        let deploy = [step("shell", "true", name: "site")]
        let list = (0..<cells).map { number in
            let name = "debian12-bench-\(number)"
            return CellPlan(
                name: name, point: [AxisValue(axis: "os", value: "debian12"), AxisValue(axis: "number", value: "\(number)")], os: system,
                platform: "bench", hosts: [HostPlan(name: name)], deploy: deploy, verify: verify)
        }
        return Plan(
            name: "bench", file: "bench.yml", project: "/", axes: [Axis(name: "os", values: ["debian12"])], cells: list,
            limits: Limits(parallel: parallel))
    }

    private static func step(_ kind: String, _ subject: String, name: String) -> StepPlan {
        let value = Document(.scalar(subject, plain: true), at: place)
        return StepPlan(name: name, kind: kind, options: Document(.map([.init(key: kind, keyLocation: place, value: value)]), at: place))
    }

    private static func check(_ kind: String, _ subject: String, name: String) -> StepPlan { step(kind, subject, name: name) }

    /// A finished run in which every n-th case failed.
    static func result(cells: Int, cases: Int, problemsEvery: Int) -> RunResult {
        let start = Timestamp(seconds: 1_795_410_000)
        let list = (0..<cells).map { number in
            let results = (0..<cases).map { index in result(index, isBad: (number * cases + index) % problemsEvery == 0, at: start) }
            return CellResult(
                name: "debian12-bench-\(number)",
                point: [AxisValue(axis: "os", value: "debian12"), AxisValue(axis: "number", value: "\(number)")],
                platform: "bench", outcome: .failed, queued: start, started: start, finished: start + .seconds(60), cases: results)
        }
        return RunResult(
            run: RunID("261123-000000-bnch"), matrix: "bench", file: "bench.yml", started: start, finished: start + .seconds(60),
            axes: [Axis(name: "os", values: ["debian12"]), Axis(name: "number", values: (0..<cells).map(String.init))], cells: list,
            exitStatus: .failed)
    }

    private static func result(_ index: Int, isBad: Bool, at start: Timestamp) -> CaseResult {
        CaseResult(
            phase: .verify, step: "verify", name: "service number \(index) is running", outcome: isBad ? .failed : .passed, started: start,
            seconds: 0.01,
            message: isBad ? "expected running, observed inactive" : nil,
            detail: isBad ? "expected: running\nobserved: inactive (dead)\nsee it: systemctl status service-\(index)" : nil,
            type: isBad ? "matrix.check.service" : nil, location: place)
    }
}
