import Foundation
import MatrixCore
import MatrixEngine
import MatrixPlatforms
import MatrixRemote
import MatrixTesting
import Testing

/// The real engine and the real driver on a fake Linode without sockets and hosts: what a run makes of an account's whims.
struct LinodeFleet: Sendable {
    let fake: FakeLinode
    let ledger = MemoryLedger()
    let control = RunControl()
    private let pace: LinodePace

    /// Machines that take milliseconds.
    static var settings: FakeLinodeSettings {
        var settings = FakeLinodeSettings()
        settings.timeScale = 0.001
        return settings
    }

    init(_ settings: FakeLinodeSettings = settings) {
        fake = FakeLinode(settings)
        var pace = LinodePace().scaled(by: 0.001)
        // Requests themselves take as long as the machine takes that runs the tests.
        pace.request = .milliseconds(500)
        pace.bootPatience = .seconds(20)
        self.pace = pace
    }

    /// Runs so many cells of one host each.
    ///
    /// - Parameter asked: told of each request before it is answered, with the number of those before it.
    func run(cells: Int, parallel: Int? = nil, asked: @escaping @Sendable (Int) -> Void = { _ in }) async throws -> RunResult {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("linode-fleet-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let access = RunAccess(directory: folder, publicKey: "ssh-ed25519 AAAA solti-matrix-run-\(Self.id)")
        let parts = EngineDependencies(
            platforms: ["linode": try platform(access, asked)], ledger: ledger, connector: ScriptedConnector(),
            provisioner: ScriptedProvisioner(),
            deployers: [ScriptedDeployer { step, _ in [ScriptedDeployer.result(step, .passed)] }],
            checker: ScriptedChecker { _, _ in .passed },
            inventory: ScriptedInventory(), events: EventRecorder(), redactor: Redactor())
        let options = RunOptions(run: Self.id, reports: "\(folder)/reports", directory: "\(folder)/run", parallel: parallel)
        return await Engine(parts).run(Self.plan(cells), options: options, control: control)
    }

    static let id = RunID("261123-050122-k3f9")

    private func platform(_ access: RunAccess, _ asked: @escaping @Sendable (Int) -> Void) throws -> any Platform {
        let options: Value = [
            "driver": "linode", "endpoint": .string(FakeLinodeTransport.endpoint), "token": ["env": "X"],
            "region": ["us-central", "us-east"],
            "type": "g6-standard-2", "user_data": "none",
        ]
        let document = Document(value: options, at: Self.source)
        let context = PlatformContext(
            state: "/nowhere", access: access, runner: ScriptedTransport(), redactor: Redactor(), secrets: ["token": fake.settings.token])
        let transport = FakeLinodeTransport(fake) { [fake] _ in asked(fake.requests.count) }
        return try LinodeDriver.make(
            settings: PlatformSettings(name: "linode", driver: "linode", options: document), in: context, transport: transport, pace: pace)
    }

    private static let source = SourceLocation(file: "m.yml", line: 3, column: 5)

    private static func plan(_ count: Int) -> Plan {
        let os = OperatingSystem(
            name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"),
            linodeImage: "linode/debian12")
        let step = StepPlan(name: "site", kind: "scripted", options: Document(.null, at: source))
        let cells = (1...count).map { number in
            let name = "debian12-linode-\(number)"
            return CellPlan(
                name: name, point: [AxisValue(axis: "os", value: "debian12"), AxisValue(axis: "n", value: "\(number)")], os: os,
                platform: "linode",
                hosts: [HostPlan(name: name)], timeouts: Timeouts([.create: .seconds(60), .destroy: .seconds(60)]),
                retries: [.create: 2, .provision: 1],
                deploy: [step], verify: [])
        }
        return Plan(name: "fleet", file: "m.yml", project: "/", axes: [Axis(name: "os", values: ["debian12"])], cells: cells)
    }

    /// Nothing of ours is left, neither there nor in the ledger, and nothing was asked that may not be.
    func isClean() async throws {
        #expect(fake.instances == [])
        #expect(fake.violations == [])
        #expect(try await ledger.open() == [])
    }
}
