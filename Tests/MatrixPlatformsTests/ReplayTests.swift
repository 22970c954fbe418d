import Foundation
import MatrixCore
import MatrixTesting
import MatrixWeb
import Testing

@testable import MatrixPlatforms

/// Bundles of `matrix doctor --bundle`: with the answers of the machine that they come from, a driver finds what it found there.
@Suite struct ReplayTests {
    /// Secrets of every driver, of no worth: a bundle has none.
    private static let secrets = ["token": "replayed", "token.secret": "replayed", "login.password": "replayed"]
    /// Drivers whose preflight asks nothing but an API.
    private static let drivers: Set<String> = ["linode", "proxmox"]

    private func context(_ transport: any WebTransport, node: any Transport = ScriptedTransport()) -> PlatformContext {
        PlatformContext(
            state: NSTemporaryDirectory(), access: nil, runner: ScriptedTransport(), redactor: Redactor(), secrets: Self.secrets,
            connector: FixedConnector(node), web: { _ in transport })
    }

    /// What doctor shows of problems.
    private func shown(_ problems: [PreflightProblem], _ cells: [CellPlan]) -> [String] {
        guard !problems.isEmpty else { return ["ready for \(cells.count) cell\(cells.count == 1 ? "" : "s")"] }
        return problems.map { $0.message + ($0.cells.isEmpty ? "" : " (\($0.cells.joined(separator: ", ")))") }
    }

    @Test(arguments: ReplayedBundle.folders) func `A bundle is replayed`(_ folder: String) async throws {
        let bundle = try ReplayedBundle(folder)
        for settings in bundle.platforms.values where Self.drivers.contains(settings.driver) {
            let cells = bundle.cells.filter { $0.platform == settings.name }
            // It only lends its hosts to another one.
            if cells.isEmpty { continue }
            let platform = try PlatformCatalogue().make(settings, in: context(bundle.transport, node: bundle.transport.node))
            let found = shown(await platform.preflight(cells), cells)
            #expect(try found == bundle.findings(of: settings.name))
        }
        #expect(bundle.transport.unknown.isEmpty)
    }

    @Test func `What pvesh answered on a node is answered again`() async throws {
        let (folder, node) = (try TemporaryFolder("replay-node"), ScriptedTransport())
        node.answer("pvesh get /version", output: #"{"version":"9.0.3"}"#)
        node.answer("pvesh get /cluster/resources --type vm", output: #"[{"vmid":9000}]"#)
        node.answer("pvesh get /cluster/resources --type node", output: "[]")
        node.answer("pvesh get /storage", error: "403 Permission check failed (/, Sys.Audit)", exitStatus: 1)
        node.answer("pvesh create /nodes/pve1/qemu/9000/clone", output: "UPID:pve1:0000C0DE:00000001:68000000:qmclone:9000:root@pam:")
        let requests = [
            ProxmoxRequest(.get, ["version"]), ProxmoxRequest(.get, ["cluster", "resources"], ["type": "vm"]),
            ProxmoxRequest(.get, ["cluster", "resources"], ["type": "node"]), ProxmoxRequest(.get, ["storage"]),
            ProxmoxRequest(.create, ["nodes", "pve1", "qemu", "9000", "clone"], ["newid": 20000]),
        ]
        func answers(_ node: ScriptedTransport, _ noted: @escaping PlatformContext.Noted = { _ in }) async -> [String] {
            let shell = ProxmoxSettings.Shell(host: "pve1", port: 22, user: "root", sudo: false, key: "/k", knownHosts: "/h")
            let caller = ShellCaller(NodeShell(shell, connector: FixedConnector(node)), noted: noted)
            var texts: [String] = []
            for request in requests {
                do { texts.append(try await caller.send(request).json) } catch { texts.append("\(error)") }
            }
            return texts
        }
        let log = ExchangeLog(in: folder.path, redactor: Redactor())
        let there = await answers(node) { log.add($0()) }
        #expect(there[1] == #"[{"vmid":9000}]"# && there[3].contains("Permission check failed"), "\(there)")
        let replayed = ReplayedTransport(try ExchangeLog.exchanges(in: folder.path))
        #expect(await answers(replayed.node) == there)
        #expect(replayed.unknown.isEmpty)
    }

    /// The way of a bundle, from a fake account to its replay without the account.
    @Test func `What was logged at an account is found again without it`() async throws {
        let folder = try TemporaryFolder("replay")
        var settings = FakeLinodeSettings()
        settings.token = "replayed"
        settings.scopes = ["linodes:read_write", "images:read_only"]
        settings.soldOutRegions = ["us-east"]
        let fake = FakeLinodeTransport(FakeLinode(settings))
        let options: Value = [
            "driver": "linode", "endpoint": .string(FakeLinodeTransport.endpoint), "token": ["env": "LINODE_TOKEN"],
            "region": ["us-east", "no-such-region"], "type": "g6-standard-2",
        ]
        var system = Samples.debian12
        system.linodeImage = "linode/debian12"
        let cells = [BundledCell(name: "debian12-linode", os: system, platform: "linode", hosts: [HostPlan(name: "debian12-linode")])]
        let platform = PlatformSettings(
            name: "linode", driver: "linode", options: Document(value: options, at: SourceLocation(file: "m.yml", line: 1, column: 1)))
        let log = ExchangeLog(in: folder.path, redactor: Redactor())
        let there = try await PlatformCatalogue().make(platform, in: context(LoggedTransport(fake, log: log))).preflight(cells.map(\.plan))
        #expect(there.contains { $0.message.contains("there is no region no-such-region") })

        try folder.put("platforms.json", Value.map(["linode": options]).json)
        try folder.put("cells.json", JSON.text(cells))
        let findings = shown(there, cells.map(\.plan)).map { ["subject": "platform linode", "detail": .string($0)] as Value }
        try folder.put("findings.json", Value.list(findings).json)
        try await `A bundle is replayed`(folder.path)
        // No other answer is made up.
        let bundle = try ReplayedBundle(folder.path)
        await #expect(throws: WebFailure.self) {
            try await bundle.transport.send(WebRequest("GET", "https://elsewhere.test/"), within: .seconds(1))
        }
        #expect(bundle.transport.unknown == ["GET https://elsewhere.test/"])
    }
}
