import MatrixCore

extension CellRun {
    /// The longest that one step may take to be taken back.
    private static let limit = Duration.seconds(180)

    /// Takes back what deploy steps put on hosts that live on, last step first, where they can be taken back. Not after an
    /// interruption: then the platform's own way to clean its hosts has to do.
    func withdraw(_ context: CellContext) async {
        guard platform.hostsLiveOn, !isKept, !record.isInterrupted else { return }
        let begun = Set(record.cases.filter { $0.phase == .deploy && $0.outcome != .skipped }.map(\.step))
        for step in cell.deploy.reversed() where begun.contains(step.name) {
            guard let deployer = parts.deployers[step.kind] as? any RevocableDeployer else { continue }
            await withdraw(step, by: deployer, in: context)
        }
    }

    private func withdraw(_ step: StepPlan, by deployer: any RevocableDeployer, in context: CellContext) async {
        let started = Timestamp.now
        do {
            let log = try StepLog("finally-\(step.name)-withdrawn", in: (context.artifacts, artifactsName), redactor: parts.redactor) { [record] line in
                record.emit(.output(.finally, step: step.name, host: nil, line: line))
            }
            defer { log.finish() }
            try await withDeadline(Self.limit) { try await deployer.withdraw(step, in: context) { log.write($0) } }
        } catch {
            record.add(
                thrown(
                    error, phase: .finally, step: step.name, name: "\(step.name) taken back", started: started,
                    location: step.location))
        }
    }
}
