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

    private func context(_ transport: any WebTransport) -> PlatformContext {
        PlatformContext(
            state: NSTemporaryDirectory(), access: nil, runner: ScriptedTransport(), redactor: Redactor(), secrets: Self.secrets,
            web: { _ in transport })
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
            let platform = try PlatformCatalogue().make(settings, in: context(bundle.transport))
            let found = shown(await platform.preflight(cells), cells)
            #expect(try found == bundle.findings(of: settings.name))
        }
        #expect(bundle.transport.unknown.isEmpty)
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
