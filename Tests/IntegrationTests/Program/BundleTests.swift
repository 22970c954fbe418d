import Foundation
import IntegrationSupport
import MatrixCore
import MatrixPlatforms
import MatrixTesting
import MatrixWeb
import Testing

/// `matrix doctor FILE --bundle`, by the built program against a fake Proxmox VE.
@Suite(.requires(.programs, .fakepve, .helperPrograms)) struct BundleTests {
    private let fake: FakeProxmox
    private let project: Project

    init() async throws {
        fake = try await FakeProxmox()
        project = try Project()
        let settings = Project.repository.appendingPathComponent("matrices/platforms/proxmox.yml").path
        try project.write(
            """
            version: 1
            use: [\(settings)]
            axes: { os: [debian12, rocky9], platform: [proxmox] }
            secrets: { own: { env: SOLTI_TEST_OWN } }
            verify: [{ service: ssh }]
            """, to: "m.yml")
    }

    private func run(_ arguments: [String]) async throws -> MatrixProcess.Ending {
        let own = ["SOLTI_TEST_OWN": "own-s3cret-value"]
        return try await MatrixProcess.run(arguments, in: project, environment: fake.environment.merging(own) { $1 })
    }

    private func unpack(_ archive: String) throws -> String {
        let path = project.url.path
        try #require(try Shell.run("tar", "-xzf", "\(path)/\(archive)", "-C", path).status == 0)
        return "\(path)/solti-matrix-bundle"
    }

    @Test func itHoldsWhatAMaintainerNeedsAndIsReplayed() async throws {
        let ending = try await run(["doctor", "m.yml", "--bundle", "out.tar.gz"])
        #expect(ending.status == 0 || ending.status == 3, "\(ending.errors)")
        for name in ["findings", "plan", "cells", "platforms"].map({ "\($0).json" }) + ["host.txt", "debug.log", "requests.ndjson"] {
            #expect(ending.errors.contains(name), "\(name): \(ending.errors)")
        }
        #expect(ending.errors.contains("out.tar.gz was written"))
        let mode = try FileManager.default.attributesOfItem(atPath: "\(project.url.path)/out.tar.gz")[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)

        let folder = try unpack("out.tar.gz")
        for file in Project.files(below: URL(fileURLWithPath: folder)) {
            let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            for secret in [FakeProxmox.tokenSecret, "own-s3cret-value", "PVEAPIToken"] { #expect(!text.contains(secret), "\(file.path)") }
        }
        #expect(try project.read("solti-matrix-bundle/debug.log").contains("GET \(fake.url)/api2/json/version"))
        #expect(try project.read("solti-matrix-bundle/environment.txt").contains("PROXMOX_URL: set"))
        #expect(try project.read("solti-matrix-bundle/files/1-m.yml").contains("SOLTI_TEST_OWN"))
        #expect(try project.read("solti-matrix-bundle/README.txt").contains("requests.ndjson"))

        let bundle = try ReplayedBundle(folder)
        let settings = try #require(bundle.platforms["proxmox"])
        let context = PlatformContext(
            state: project.url.path, access: nil, runner: ScriptedTransport(), redactor: Redactor(),
            secrets: ["token.secret": "replayed"], web: { _ in bundle.transport })
        let problems = try await PlatformCatalogue().make(settings, in: context).preflight(bundle.cells)
        let shown = problems.map { $0.message + ($0.cells.isEmpty ? "" : " (\($0.cells.joined(separator: ", ")))") }
        #expect(try (shown.isEmpty ? ["ready for 2 cells"] : shown) == bundle.findings(of: "proxmox"))
        #expect(bundle.transport.unknown.isEmpty)
    }

    /// A run that is recorded keeps its requests in the report, and the next bundle has them.
    @Test func aRecordedRunIsInTheNextBundle() async throws {
        // Nothing listens for SSH: the run ends with an error, after its clones and removals.
        let hurry = ["--set", "timeouts.create=20s", "--set", "retries.create=0"]
        let ran = try await run(["run", "m.yml", "--cell", "debian12-proxmox", "--record"] + hurry)
        #expect(ran.status == 3, "\(ran.errors)")
        #expect(try project.read("reports/latest/requests.ndjson").contains("/clone"))
        #expect(try !project.read("reports/latest/requests.ndjson").contains(FakeProxmox.tokenSecret))
        _ = try await run(["doctor", "m.yml", "--bundle", "out.tar.gz"])
        let folder = try unpack("out.tar.gz")
        #expect(try ExchangeLog.exchanges(in: "\(folder)/run").contains { $0.method == "POST" && $0.url.hasSuffix("/clone") })
        #expect(try project.read("solti-matrix-bundle/run/results.json").contains("debian12-proxmox"))
    }

    @Test(arguments: [["--bundle", "out.tar.gz"], ["m.yml", "--bundle", "out.zip"]])
    func aWrongNameIsRefused(_ arguments: [String]) async throws {
        let ending = try await run(["doctor"] + arguments)
        #expect(ending.status == 2 && ending.errors.contains("--bundle needs"), "\(ending.errors)")
        #expect(!project.exists("out.tar.gz") && !project.exists("out.zip"))
    }

    @Test func noFileIsOverwritten() async throws {
        try project.write("mine", to: "out.tar.gz")
        let ending = try await run(["doctor", "m.yml", "--bundle", "out.tar.gz"])
        #expect(ending.status == 2 && ending.errors.contains("out.tar.gz exists already"), "\(ending.errors)")
        #expect(try project.read("out.tar.gz") == "mine")
    }
}
