import MatrixCore

extension CellRun {
    /// The timeout for undoing one step.
    private static let limit = Duration.seconds(180)

    /// Undoes deploy steps on hosts that outlive the cell, last step first, if their deployers can. Not after an
    /// interruption: then the platform's reset of its hosts must be enough.
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
            let log = try StepLog("finally-\(step.name)-withdrawn", in: (context.artifacts, artifactsName), redactor: parts.redactor) {
                [record] line in
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
