import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixEngine

/// Hosts that a step restarts, and checks between deploy steps.
@Suite struct RestartTests {
    /// A host whose boots are counted: each connection answers with the boot that there is when it is asked.
    private final class Machine: Sendable {
        private let boots = Mutex(1)
        private let made = Mutex<[ScriptedTransport]>([])
        /// Whether it comes back.
        let returns: Bool

        init(returns: Bool = true) { self.returns = returns }

        var transports: [ScriptedTransport] { made.withLock { $0 } }

        func connect() -> ScriptedTransport {
            let transport = ScriptedTransport()
            transport.answer { [self] command in
                let text = String(decoding: command.input ?? [], as: UTF8.self)
                if text.contains("systemctl reboot") {
                    if returns { boots.withLock { $0 += 1 } }
                    return CommandResult(exitStatus: 0)
                }
                return CommandResult(exitStatus: 0, standardOutput: Array("boot-\(boots.withLock { $0 })\n17\n".utf8))
            }
            made.withLock { $0.append(transport) }
            return transport
        }
    }

    private struct MachineConnector: Connector {
        let machine: Machine

        func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport {
            machine.connect()
        }
    }

    private func fixture(
        _ machine: Machine, _ platform: ScriptedPlatform = ScriptedPlatform(), within limit: Duration = .seconds(30)
    ) -> Fixture {
        var fixture = Fixture(platform)
        fixture.connector = MachineConnector(machine: machine)
        fixture.deployers = [
            ScriptedDeployer { step, context in
                _ = try await context.hosts[0].transport.run(.script("echo \(step.name)"))
                return [ScriptedDeployer.result(step, .passed)]
            },
            ScriptedDeployer("reboot") { step, context in
                let restarter = try #require(context.restarter)
                do { _ = try await restarter.restart(context.hosts[0], within: limit) { _ in } } catch let error as NoReturn {
                    return [ScriptedDeployer.result(step, .failed, error.why + error.evidence.map(\.text).joined())]
                }
                return [ScriptedDeployer.result(step, .passed)]
            },
        ]
        return fixture
    }

    private static func check(_ name: String, after: String? = nil) -> StepPlan {
        var check = Fixture.step(name, kind: "service")
        check.after = after
        return check
    }

    private static let rebooting = Fixture.cell(
        deploy: [Fixture.step("site"), Fixture.step("reboot", kind: "reboot"), Fixture.step("after")],
        verify: [check("service x"), check("service x, after site", after: "site")])

    @Test("later steps and checks have the connection of the new boot, and the old one is closed")
    func newConnection() async throws {
        let machine = Machine()
        let fixture = fixture(machine)
        let result = await fixture.run(Fixture.plan([Self.rebooting]))
        #expect(result.cells[0].outcome == .passed, "\(result.lines())")
        try #require(machine.transports.count == 2)
        let inputs = machine.transports.map { $0.commands.map { String(decoding: $0.input ?? [], as: UTF8.self) } }
        #expect(inputs[0].contains("echo site") && !inputs[0].contains("echo after"))
        #expect(inputs[1].contains("echo after") && !inputs[1].contains("echo site"))
        let isClosed = machine.transports.map(\.isClosed)
        #expect(isClosed == [true, true])
    }

    @Test("a platform whose hosts do not restart by themselves switches them off and on")
    func byPower() async {
        let platform = ScriptedPlatform()
        platform.restarts(.byPower)
        let machine = Machine()
        // Nothing else tells the machine to boot again.
        let result = await fixture(machine, platform, within: .milliseconds(300)).run(Fixture.plan([Self.rebooting]))
        #expect(platform.calls.filter { $0.hasPrefix("power") } == ["power off debian12-scripted", "power on debian12-scripted"])
        #expect(result.find("reboot")?.message?.contains("did not come back within") == true, "\(result.lines())")
    }

    @Test("a host that does not come back is shown with what its platform knows")
    func noReturn() async {
        let platform = ScriptedPlatform()
        platform.shows { _ in [Evidence("console", text: "Kernel panic")] }
        let result = await fixture(Machine(returns: false), platform, within: .milliseconds(300)).run(Fixture.plan([Self.rebooting]))
        let reboot = result.find("reboot")
        let message = reboot?.message ?? ""
        #expect(reboot?.outcome == .failed && message.contains("it was told to reboot"), "\(message)")
        #expect(reboot?.message?.contains("Kernel panic") == true)
        #expect(result.find("after")?.outcome == .skipped && result.find("service x")?.outcome == .skipped)
    }

    @Test("a host that must not be restarted is an error, and is not touched")
    func refused() async {
        let platform = ScriptedPlatform()
        platform.restarts(.refused(why: "no", next: "ask"))
        let machine = Machine()
        let result = await fixture(machine, platform).run(Fixture.plan([Self.rebooting]))
        #expect(result.find("reboot")?.outcome == .error && result.find("reboot")?.type == ProblemType.rebootRefused.rawValue)
        let asked = machine.transports.flatMap(\.commands).map { String(decoding: $0.input ?? [], as: UTF8.self) }
        #expect(!asked.contains { $0.contains("reboot") })
    }

    @Test("checks of a step are asked right after it, stand there in the result, and are not asked again at the end")
    func order() async {
        let asked = Mutex<[String]>([])
        var fixture = fixture(Machine())
        fixture.checker = ScriptedChecker { check, _ in
            asked.withLock { $0.append(check.name) }
            return .passed
        }
        let result = await fixture.run(Fixture.plan([Self.rebooting]))
        #expect(asked.withLock { $0 } == ["service x, after site", "service x"])
        let names = result.cells[0].cases.filter { $0.phase == .deploy || $0.phase == .verify }.map(\.name)
        #expect(names == ["site", "service x, after site", "reboot", "after", "service x"])
        #expect(result.find("service x, after site")?.phase == .verify)
    }

    @Test("a check between steps that fails ends the deploy")
    func gate() async {
        var fixture = fixture(Machine())
        fixture.checker = ScriptedChecker { check, _ in check.after == nil ? .passed : .failed }
        let result = await fixture.run(Fixture.plan([Self.rebooting]))
        #expect(result.cells[0].outcome == .failed)
        #expect(result.find("reboot")?.message == "not run: service x, after site failed")
        #expect(result.find("service x")?.outcome == .skipped)
    }

    @Test("matrix verify asks only the checks of the end, and keeps what was found between the steps")
    func staged() async throws {
        let cell = Self.rebooting
        let asked = Mutex<[String]>([])
        var fixture = fixture(Machine())
        fixture.checker = ScriptedChecker { check, _ in
            asked.withLock { $0.append(check.name) }
            return .passed
        }
        _ = await fixture.create(cell)
        _ = try await fixture.stage(.deploy, cell)
        #expect(asked.withLock { $0 } == ["service x, after site"])
        let result = try await fixture.stage(.verify, cell)
        #expect(asked.withLock { $0 } == ["service x, after site", "service x"])
        #expect(result.find("service x, after site")?.outcome == .passed, "\(result.lines())")
        // A check that was added since is not asked: its moment has passed.
        var changed = cell
        changed.verify.append(Self.check("port 80, after site", after: "site"))
        let later = try await fixture.stage(.verify, changed)
        #expect(later.find("port 80, after site")?.outcome == .skipped, "\(later.lines())")
    }
}
