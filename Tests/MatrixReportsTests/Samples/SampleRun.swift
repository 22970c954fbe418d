import MatrixCore

/// The runs that every report is tried with, by name.
enum SampleRun: String, CaseIterable {
    case green
    case red
    case infrastructure
    case interrupted
    case leak
    case skipped
    case experimental
    case one
    case axes
    case mixed
    case big
    case kept
    case hostile
    case large
    case wide

    static let zero = Timestamp("2026-11-20T05:01:22.000Z") ?? Timestamp(seconds: 1_795_000_000)

    static let refused = SampleCell.Problem(
        message: "expected status 200, observed: connection refused",
        detail: """
            expected: status 200
            observed: curl: (7) Failed to connect to localhost port 9090 after 0 ms: Connection refused
            asked 31 times within 60s

            to see it: matrix ssh rocky10-podman:server -- curl -si http://localhost:9090/-/healthy
            """)
    static let failed = SampleCell.Problem(
        message: "expected running, observed failed (exit-code)",
        detail: """
            expected: active (running), enabled
            observed: failed (exit-code), enabled, 5 restarts

            Nov 20 05:02:41 server prometheus[1124]: caller=main.go:537 level=error msg="Error loading config" \
            file=/etc/prometheus/prometheus.yml
            Nov 20 05:02:41 server systemd[1]: prometheus.service: Main process exited, code=exited, status=2/INVALIDARGUMENT

            to see it: matrix ssh rocky10-podman:server -- systemctl status prometheus
            """)

    var result: RunResult {
        switch self {
        case .green: Self.run(Self.four { _ in .passed })
        case .red: red
        case .infrastructure: Self.run(Self.four { $0 == "rocky9" ? .noImage : .passed }, exit: .infrastructure)
        case .interrupted: interrupted
        case .leak: leak
        case .skipped:
            Self.run(
                Self.four {
                    $0.hasPrefix("rocky") ? .unavailable("no image for \($0) on this machine: registry.example cannot be reached") : .passed
                })
        case .experimental: experimental
        case .one: Self.run([SampleCell(os: "debian12")])
        case .axes: axes
        case .mixed: mixed
        case .big: big
        case .kept: kept
        case .hostile: HostileRun.result
        case .large: LargeRun.cases(cells: 50, checks: 100)
        case .wide: LargeRun.cases(cells: 240, checks: 12)
        }
    }

    static func four(_ end: (String) -> SampleCell.End) -> [SampleCell] {
        ["debian12", "debian13", "rocky9", "rocky10"].enumerated().map { index, os in
            SampleCell(os: os, end: end(os), start: 0.4 + Double(index) * 0.2, pace: 1 + Double(index) * 0.17)
        }
    }

    static func run(_ cells: [SampleCell], exit: MatrixCore.ExitStatus = .passed) -> RunResult {
        let results = cells.map { $0.result(from: zero) }
        let finished = results.map(\.finished).max() ?? zero
        var axes: [Axis] = []
        for value in results.flatMap(\.point) {
            if let index = axes.firstIndex(where: { $0.name == value.axis }) {
                if !axes[index].values.contains(value.value) { axes[index].values.append(value.value) }
            } else {
                axes.append(Axis(name: value.axis, values: [value.value]))
            }
        }
        return RunResult(
            run: RunID("261120-050122-k3f9"), matrix: "local", file: "matrices/local.yml", started: zero,
            finished: finished + .milliseconds(300),
            commit: "4be1c07f9a31d2c05e7788d1b0a6f0c9d2e34a11", axes: axes, cells: results, exitStatus: exit,
            environment: [
                "command": "matrix run matrices/local.yml", "matrix": "0.1.0", "system": "Debian GNU/Linux 12 (bookworm), x86_64",
            ])
    }

    private var red: RunResult {
        var cells = Self.four { os in
            switch os {
            case "rocky10":
                .failing([
                    "service prometheus": Self.failed, "http prometheus is healthy": Self.refused,
                    "port 9090 listens": .init(
                        message: "expected port 9090 to listen, observed: nothing listens there",
                        detail: "expected: tcp 9090 listens\nobserved: tcp 22, 9100"),
                ])
            default: .passed
            }
        }
        cells[1].createTries = 2
        cells[0].flaky = ["http prometheus is healthy"]
        var result = Self.run(cells, exit: .failed)
        result.warnings = [
            Diagnostic(
                .warning, at: SourceLocation(file: "matrices/local.yml", line: 44, column: 7),
                "the check 'user loki' runs in no selected cell",
                hint: "widen its 'when' or remove it")
        ]
        return result
    }

    private var interrupted: RunResult {
        var cells = Self.four { $0 == "debian12" ? .passed : $0 == "rocky10" ? .neverStarted : .interruptedInDeploy }
        cells[0].pace = 0.4
        cells[3].start = 41
        var result = Self.run(cells, exit: .interrupted)
        result.interrupted = true
        return result
    }

    private static let price = Price(hourly: 0.036, monthly: 24, currency: "USD")
    private static let since = Timestamp(seconds: 1_795_410_000)

    private var leak: RunResult {
        var result = Self.run(Self.four { _ in .passed }, exit: .leaked)
        let cell = result.cells[1]
        result.cells[1].experimental = true
        let resource = Resource(
            platform: "podman", kind: "container", name: "\(cell.name)-server-1-261120-050122-k3f9", id: "f3a9c00d41b7", run: result.run,
            cell: cell.name,
            host: "\(cell.name)-server-1")
        result.leaks = [
            Leak(
                resource: resource, why: "podman rm did not end within 5m", command: "matrix reap --run \(result.run) --yes",
                price: Self.price, since: Self.since)
        ]
        return result
    }

    /// Four of five cells failed for four reasons, one could not be tried.
    private var mixed: RunResult {
        let port = ["port 9090 listens": SampleCell.Problem(message: "listening: expected true, observed false", detail: "tcp 22, 80")]
        let package = [
            "package prometheus": SampleCell.Problem(message: "version: expected version <2.50, observed 2.53.3", detail: "2.53.3")
        ]
        let ends: [(os: String, load: String, end: SampleCell.End)] = [
            ("debian12", "light", .failing(port)), ("debian12", "heavy", .failingTask),
            ("debian13", "light", .failing(port.merging(package) { $1 })), ("debian13", "heavy", .failing(port.merging(package) { $1 })),
            ("rocky9", "light", .noImage),
        ]
        let cells = ends.enumerated().map { index, end in
            SampleCell(os: end.os, further: [AxisValue(axis: "load", value: end.load)], end: end.end, start: Double(index))
        }
        return Self.run(cells, exit: .infrastructure)
    }

    /// 48 cells, as wide as a grid beside the headline gets.
    private var big: RunResult {
        let systems = ["debian12", "debian13", "rocky9", "rocky10", "ubuntu2404", "almalinux9"]
        var cells: [SampleCell] = []
        for os in systems {
            for platform in ["podman", "lab", "edge", "cloud"] {
                for influx in ["2", "3"] {
                    let end: SampleCell.End =
                        os == "rocky10"
                        ? .failing(["service prometheus": Self.failed])
                        : os == "ubuntu2404" && platform == "cloud"
                            ? .noImage : influx == "3" && platform == "edge" ? .failingTask : .passed
                    cells.append(
                        SampleCell(
                            os: os, platform: platform, further: [AxisValue(axis: "influxdb", value: influx)], end: end,
                            start: Double(cells.count)))
                }
            }
        }
        return Self.run(cells, exit: .infrastructure)
    }

    private var experimental: RunResult {
        var cells = Self.four { $0 == "debian13" ? .failing(["service prometheus": Self.failed]) : .passed }
        cells[1].experimental = true
        return Self.run(cells)
    }

    private var kept: RunResult {
        var result = red
        let cell = result.cells[3]
        result.kept = cell.hosts.map {
            Resource(
                platform: "podman", kind: "container", name: "\($0.name)-\(result.run)", id: $0.resource, run: result.run, cell: cell.name,
                host: $0.name,
                expires: result.finished + .seconds(14_400))
        }
        result.selection = ["--cell debian1*", "--cell rocky10-*", "--keep failed"]
        result.notSelected = ["rocky9-podman"]
        result.cells.remove(at: 2)
        return result
    }

    /// Three axes, one point left out, one selected away, a failure that one axis explains and one that two explain.
    private var axes: RunResult {
        var cells: [SampleCell] = []
        for os in ["rocky9", "rocky10", "debian12"] {
            for platform in ["proxmox", "linode", "podman"] where !(os == "rocky10" && platform == "linode") {
                for influx in ["2", "3"] {
                    let ends: SampleCell.End =
                        influx == "3"
                        ? .failing(["http prometheus is healthy": Self.refused])
                        : os == "rocky9" && platform == "proxmox"
                            ? .failing([
                                "user prometheus": .init(
                                    message: "expected uid 998, observed 997", detail: "expected: uid 998\nobserved: uid 997")
                            ]) : .passed
                    cells.append(
                        SampleCell(
                            os: os, platform: platform, further: [AxisValue(axis: "influxdb", value: influx)], end: ends,
                            start: Double(cells.count) * 4,
                            pace: platform == "podman" ? 0.6 : 2.4))
                }
            }
        }
        cells.removeLast()
        var result = Self.run(cells, exit: .failed)
        result.notSelected = ["debian12-podman-3"]
        return result
    }
}
