internal import MatrixCore
internal import MatrixRemote

/// Watches workloads until all are rolled out, one of them never will be, or the time is up.
struct RolloutWatch: Sendable {
    /// How a workload ended.
    struct Ending: Sendable {
        var workload: Workload
        /// Why it is not rolled out; nil if it is.
        var problem: String?
        var detail: String?
        var seconds: Double
    }

    let kubectl: Kubectl
    let log: @Sendable (OutputLine) async -> Void
    var pause: Duration = .seconds(2)

    func endings(of workloads: [Workload], within limit: Duration) async throws -> [Ending] {
        let started = Timestamp.now
        var endings: [Workload: Ending] = [:]
        var told: [Workload: String] = [:]
        while true {
            let isOver = Timestamp.now.seconds(since: started) >= limit.inSeconds
            for workload in workloads where endings[workload] == nil {
                switch try await progress(of: workload, withEvents: isOver) {
                case .done:
                    endings[workload] = ending(workload, nil, nil, started)
                    await log(OutputLine(.standardOutput, "\(workload.label) is rolled out"))
                case .failed(let pod, let why):
                    endings[workload] = ending(workload, why, try await output(of: pod, workload), started)
                case .waiting(let reason):
                    if told[workload] != reason { await log(OutputLine(.standardOutput, "\(workload.label): \(reason)")) }
                    told[workload] = reason
                    if isOver { endings[workload] = ending(workload, "not rolled out after \(limit.brief): \(reason)", nil, started) }
                }
            }
            if endings.count == Set(workloads).count { return workloads.compactMap { endings[$0] } }
            try await Task.sleep(for: min(pause, limit))
        }
    }

    private func ending(_ workload: Workload, _ problem: String?, _ detail: String?, _ started: Timestamp) -> Ending {
        Ending(workload: workload, problem: problem, detail: detail, seconds: Timestamp.now.seconds(since: started))
    }

    private func progress(of workload: Workload, withEvents: Bool) async throws -> Workload.Progress {
        guard let object = try await kubectl.json(["get", workload.label, "--namespace", workload.namespace]) else {
            return .waiting("it does not exist")
        }
        let progress = workload.progress(of: object)
        guard case .waiting(let reason) = progress, let pods = try await pods(of: workload, object) else { return progress }
        if let failure = Workload.failure(in: pods) { return .failed(pod: failure.pod, "\(failure.pod): \(failure.why)") }
        let events =
            withEvents
            ? try await kubectl.json(["get", "events", "--namespace", workload.namespace, "--field-selector", "type=Warning"]) : nil
        return .waiting(reason + KubernetesPods(pods, events: events).words)
    }

    private func pods(of workload: Workload, _ object: Value) async throws -> Value? {
        if workload.kind == "pod" { return .map(["items": .list([object])]) }
        guard let selector = KubernetesPods.selector(of: object) else { return nil }
        return try await kubectl.json(["get", "pods", "--namespace", workload.namespace, "--selector", selector])
    }

    /// What the pod printed before it ended.
    private func output(of pod: String?, _ workload: Workload) async throws -> String? {
        guard let pod else { return nil }
        let arguments = ["logs", pod, "--namespace", workload.namespace, "--all-containers", "--tail=20"]
        let previous = try await kubectl.run(arguments + ["--previous"])
        let result = previous.succeeded ? previous : try await kubectl.run(arguments)
        return "\(result.output)\n\(result.errorOutput)".split(separator: "\n").joined(separator: "\n")
    }
}
