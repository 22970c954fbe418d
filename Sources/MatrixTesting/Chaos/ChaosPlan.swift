public import MatrixCore

/// The small matrix of chaos tests: cells with short steps, and hosts whose connections may drop.
public struct ChaosPlan: Sendable {
    /// Its cells, each of one or two hosts on one platform.
    public let plan: Plan
    private let dice: Dice
    private let faultiness: Double

    public init(platform: String, dice: Dice, faultiness: Double, cells: Int, expires: Duration = .seconds(3600)) {
        self.dice = dice
        self.faultiness = faultiness
        let location = SourceLocation(file: "chaos.yml", line: 1, column: 1)
        func step(_ kind: String) -> StepPlan { StepPlan(name: kind, kind: kind, options: Document(.null, at: location)) }
        let os = OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"))
        let plans = (1...cells).map { number in
            let name = "c\(number)"
            let hosts =
                dice.happens(0.3) ? (1...2).map { HostPlan(name: "\(name)-node-\($0)", role: "node", index: $0) } : [HostPlan(name: name)]
            return CellPlan(
                name: name, point: [AxisValue(axis: "platform", value: platform)], os: os, platform: platform, hosts: hosts,
                timeouts: Timeouts([.create: .seconds(20), .destroy: .seconds(30)]), deploy: [step("chaos")], verify: [step("service")],
                finally: [step("chaos")])
        }
        plan = Plan(
            name: "chaos", file: "/chaos.yml", project: "/", axes: [Axis(name: "platform", values: [platform])], cells: plans,
            expires: expires)
    }

    private func moment(_ what: String) async throws {
        try await Task.sleep(for: .milliseconds(dice.roll(0...30)))
        if dice.happens(faultiness) { throw InfrastructureError(what, why: "the connection was dropped") }
    }

    public var connector: any Connector { ScriptedConnector { _ in try await moment("ssh") } }
    public var provisioner: any Provisioner { ScriptedProvisioner { _ in try await moment("apt") } }

    public var deployer: any Deployer {
        ScriptedDeployer("chaos") { step, _ in
            try await moment("ansible")
            return [ScriptedDeployer.result(step, dice.happens(0.9) ? .passed : .failed, "no")]
        }
    }

    public var checker: any Checker {
        ScriptedChecker { _, _ in
            try await moment("probe")
            return dice.happens(0.9) ? .passed : .failed
        }
    }
}
