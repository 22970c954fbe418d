import MatrixCore

/// Builds the result of one cell of a made-up monitoring matrix: a server and a client, an Ansible step, checks.
struct SampleCell {
    /// How the cell ends.
    enum End {
        case passed
        /// These checks fail, by name.
        case failing([String: Problem])
        /// A task of the playbook fails, and its step for it.
        case failingTask
        case noImage
        case interruptedInDeploy
        case unavailable(String)
        case neverStarted
    }

    /// What a failing check says.
    struct Problem {
        var message: String
        var detail: String
    }

    var os: String
    var platform = "podman"
    var further: [AxisValue] = []
    var experimental = false
    var end = End.passed
    /// Seconds after the run's start.
    var start = 0.4
    /// Stretches every phase.
    var pace = 1.0
    var createTries = 1
    /// The names of checks that passed on a second try only.
    var flaky: [String] = []

    static let checks = [
        "service prometheus", "service prometheus-node-exporter", "package prometheus", "port 9090 listens", "port 9100 listens",
        "http prometheus is healthy", "file /etc/prometheus/prometheus.yml", "client is scraped by the server", "os is the cell's",
        "user prometheus",
    ]
    static let tasks = [
        "Install the packages", "Write prometheus.yml", "Start and enable prometheus", "Start and enable the node exporter",
    ]

    var name: String { point.map(\.value).joined(separator: "-") }
    var point: [AxisValue] { [AxisValue(axis: "os", value: os), AxisValue(axis: "platform", value: platform)] + further }

    func result(from zero: Timestamp) -> CellResult {
        let builder = Timeline(zero: zero, at: start)
        return switch end {
        case .passed: whole(builder, problems: [:])
        case .failing(let problems): whole(builder, problems: problems)
        case .failingTask: failingTask(builder)
        case .noImage: stopped(builder)
        case .interruptedInDeploy: interrupted(builder)
        case .unavailable(let reason): skipped(builder, reason: reason, next: "run where the registry answers, or `podman load` \(os)")
        case .neverStarted: skipped(builder, reason: "not run: interrupted")
        }
    }

    private func cell(_ builder: Timeline, _ outcome: Outcome, hosts: Bool = true) -> CellResult {
        CellResult(
            name: name, point: point, platform: platform, experimental: experimental, outcome: outcome, queued: builder.zero,
            started: builder.began, finished: builder.now, phases: builder.phases, cases: builder.cases, hosts: hosts ? self.hosts : [])
    }

    private var hosts: [HostResult] {
        ["server", "client"].enumerated().map { index, role in
            HostResult(
                name: "\(name)-\(role)-1", role: role, address: "10.89.0.\(index + 2)", resource: "f3a9c0\(index)d41b7",
                facts: [
                    "os.name": os, "kernel": "6.1.0-28-amd64", "image": "localhost/matrix-\(os):3f9c1b2a",
                    "packages.prometheus": os == "debian13" ? "2.53.3" : "2.42.0",
                ])
        }
    }

    private func whole(_ builder: Timeline, problems: [String: Problem]) -> CellResult {
        for attempt in 1..<createTries {
            builder.phase(.create, attempt: attempt, seconds: 9 * pace, .error, "server did not answer on SSH within 60s")
        }
        builder.phase(.create, attempt: max(createTries, 1), seconds: 7.4 * pace, .passed)
        create(builder, seconds: 7.4 * pace, .passed)
        builder.phase(.provision, seconds: 21 * pace, .passed)
        for role in ["server", "client"] {
            builder.test(.provision, "provision", "provision \(role)", seconds: 20.3 * pace, .passed, host: "\(name)-\(role)-1")
        }
        deploy(builder)
        verify(builder, problems: problems)
        builder.phase(.finally, seconds: 1.2, .passed)
        builder.test(.finally, "logs", "collect logs", seconds: 1.1, .passed, line: 58, attachments: ["artifacts/\(name)/prometheus.log"])
        builder.phase(.destroy, seconds: 2.2 * pace, .passed)
        builder.test(.destroy, "destroy", "destroy the hosts", seconds: 2.1 * pace, .passed)
        return cell(builder, problems.isEmpty ? .passed : .failed)
    }

    private func create(_ builder: Timeline, seconds: Double, _ outcome: Outcome, _ message: String? = nil, _ detail: String? = nil) {
        let attempts = (1..<max(createTries, 1)).map { _ in
            Attempt(
                outcome: .error, message: "server did not answer on SSH within 60s",
                detail: "ssh: connect to host 127.0.0.1 port 41022: Connection refused",
                type: "matrix.create.timeout")
        }
        for role in ["server", "client"] {
            builder.test(
                .create, "create", "create \(role)", seconds: seconds * 0.9, outcome, host: "\(name)-\(role)-1", message: message,
                detail: detail,
                type: outcome == .passed ? nil : "matrix.create.image", attempts: role == "server" ? attempts : [])
        }
    }

    private func deploy(_ builder: Timeline) {
        builder.phase(.deploy, seconds: 48 * pace, .passed)
        for (index, task) in Self.tasks.enumerated() {
            builder.test(
                .deploy, "monitoring", task, seconds: (4 + 9 * Double(index)) * pace / 3, .passed, line: 31,
                attachments: ["artifacts/\(name)/monitoring.log"])
        }
    }

    private func verify(_ builder: Timeline, problems: [String: Problem]) {
        builder.phase(
            .verify, seconds: 11 * pace, problems.isEmpty ? .passed : .failed, problems.isEmpty ? nil : "\(problems.count) checks failed")
        for (index, check) in Self.checks.enumerated() {
            let problem = problems[check]
            let attempt = Attempt(
                outcome: .failed, message: "expected status 200, observed 503", detail: "expected: status 200\nobserved: status 503",
                type: "matrix.check.http")
            builder.test(
                .verify, "verify", "\(check) on server", seconds: 0.12 + Double(index) * 0.31, problem == nil ? .passed : .failed,
                host: "\(name)-server-1",
                message: problem?.message, detail: problem?.detail,
                type: problem == nil ? nil : "matrix.check.\(check.prefix { $0 != " " })",
                line: 38 + index, attempts: flaky.contains(check) ? [attempt] : [], observed: "running: true (active, running)")
        }
    }

    private func stopped(_ builder: Timeline) -> CellResult {
        for attempt in 1...max(createTries, 1) {
            builder.phase(.create, attempt: attempt, seconds: 12, .error, "image registry.example/\(os):latest cannot be pulled")
        }
        create(
            builder, seconds: 12, .error, "image registry.example/\(os):latest cannot be pulled: no such host",
            "$ podman pull registry.example/\(os):latest\nexit status 125\nError: initializing source: pinging container registry "
                + "registry.example: no such host\nnext: check the network, or set image: in the platform's settings"
        )
        rest(builder, from: .provision, because: "not run: create failed")
        builder.phase(.destroy, seconds: 0.4, .passed)
        builder.test(.destroy, "destroy", "destroy the hosts", seconds: 0.4, .passed)
        return cell(builder, .error, hosts: false)
    }

    private func failingTask(_ builder: Timeline) -> CellResult {
        let reason = "[Errno 2] No such file or directory: '/usr/bin/shopctl'"
        builder.phase(.create, seconds: 7.4 * pace, .passed)
        create(builder, seconds: 7, .passed)
        builder.phase(.deploy, seconds: 13, .failed, "\(Self.tasks[2]): \(reason)")
        for (name, message) in [("monitoring", "\(Self.tasks[2]): \(reason)"), (Self.tasks[2], reason)] {
            builder.test(
                .deploy, "monitoring", name, seconds: 6, .failed, message: message, detail: message, type: "matrix.deploy.ansible",
                line: 31,
                attachments: ["artifacts/\(self.name)/deploy-monitoring.log"])
        }
        rest(builder, from: .verify, because: "not run: deploy failed")
        builder.phase(.destroy, seconds: 2.2, .passed)
        builder.test(.destroy, "destroy", "destroy the hosts", seconds: 2.1, .passed)
        return cell(builder, .failed)
    }

    private func interrupted(_ builder: Timeline) -> CellResult {
        builder.phase(.create, seconds: 7.4 * pace, .passed)
        create(builder, seconds: 7, .passed)
        builder.phase(.provision, seconds: 21, .passed)
        for role in ["server", "client"] {
            builder.test(.provision, "provision", "provision \(role)", seconds: 20.3, .passed, host: "\(name)-\(role)-1")
        }
        builder.phase(.deploy, seconds: 13, .interrupted, "stopped by SIGINT")
        builder.test(
            .deploy, "monitoring", Self.tasks[0], seconds: 13, .interrupted, message: "stopped by SIGINT",
            detail: "stopped by SIGINT after 13s", line: 31)
        rest(builder, from: .verify, because: "not run: interrupted")
        builder.phase(.destroy, seconds: 2.2, .passed)
        builder.test(.destroy, "destroy", "destroy the hosts", seconds: 2.1, .passed)
        return cell(builder, .interrupted)
    }

    private func skipped(_ builder: Timeline, reason: String, next: String? = nil) -> CellResult {
        create(builder, seconds: 0, .skipped, reason, next.map { "\(reason)\nnext: \($0)" })
        rest(builder, from: .provision, because: reason)
        builder.test(.destroy, "destroy", "destroy the hosts", seconds: 0, .skipped, message: reason)
        return cell(builder, .skipped, hosts: false)
    }

    private func rest(_ builder: Timeline, from phase: Phase, because reason: String) {
        if phase == .provision {
            for role in ["server", "client"] {
                builder.test(.provision, "provision", "provision \(role)", seconds: 0, .skipped, host: "\(name)-\(role)-1", message: reason)
            }
            builder.test(.deploy, "monitoring", "monitoring", seconds: 0, .skipped, message: reason, line: 31)
        }
        for (index, check) in Self.checks.enumerated() {
            builder.test(
                .verify, "verify", "\(check) on server", seconds: 0, .skipped, host: "\(name)-server-1", message: reason, line: 38 + index)
        }
    }
}
