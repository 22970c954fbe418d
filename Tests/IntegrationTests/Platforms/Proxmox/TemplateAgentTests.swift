import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Templates of Debian, whose image has no guest agent: how it gets to their clones, and what is said if it does not.
@Suite(.requires(.fakepve, .qemuImages, .python)) struct TemplateAgentTests {
    private static let ssh: [String: Value] = ["ssh": ["host": "pve1"]]
    private static let storages: Value = ["local": ["type": "dir", "content": "iso,import,snippets"]]

    private struct Bench {
        let fake: FakeProxmox
        let os: OperatingSystem
        private let images: ServerProcess
        private let settings: ProxmoxSettings
        private var context: PlatformContext

        /// - Parameters:
        ///   - node: whether the node has `virt-customize`.
        ///   - runner: whether this machine has it.
        init(
            _ changes: [String: Value] = [:], node: Bool = false, runner: Bool = false, environment: [String: String] = [:],
            options: [String: Value] = [:]
        ) async throws {
            fake = try await FakeProxmox(guests: [], options: options)
            let folder = try Fixtures.temporaryFolder()
            let image = "\(folder)/image.qcow2"
            try #require(try await ServerProcess.run(["qemu-img", "create", "-q", "-f", "qcow2", image, "3G"]).0 == 0)
            let sums = try await ServerProcess.run(["sha512sum", image]).1
            try "\(sums.prefix { $0 != " " })  image.qcow2\n".write(toFile: "\(folder)/SHA512SUMS", atomically: true, encoding: .utf8)
            images = try ServerProcess("python3", ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder])
            let port = try #require(try await images.firstLine().firstMatch(of: /port ([0-9]+)/)).output.1
            var os = Fixtures.debian12
            os.imageURL = "http://127.0.0.1:\(port)/image.qcow2"
            os.checksumURL = "file://\(folder)/SHA512SUMS"
            self.os = os
            context = Fixtures.context(
                secrets: ["token.secret": FakeProxmox.tokenSecret], state: fake.folder,
                connector: FixedConnector(NodeTransport(fake, hasTools: node, environment: environment)),
                runner: NodeTransport(fake, hasTools: runner, environment: environment))
            settings = try SettingsReader.read(
                fake.settings(changes.merging(["templates": "auto", "addresses": .null]) { old, _ in old }).options)
        }

        /// Installs `virt-customize` on this machine.
        mutating func install() { context.runner = NodeTransport(fake, hasTools: true) }

        var templates: ProxmoxTemplates {
            get throws {
                ProxmoxTemplates(
                    settings: settings, connection: try ProxmoxDriver.connection(settings, in: context, pace: Fixtures.pace),
                    context: context)
            }
        }

        var platform: ProxmoxPlatform {
            get throws {
                try ProxmoxPlatform(
                    name: "proxmox", settings: settings,
                    connection: try ProxmoxDriver.connection(settings, in: context, pace: Fixtures.pace), context: context)
            }
        }

        func build(_ options: TemplateBuildOptions = TemplateBuildOptions()) async throws -> TemplateOutcome {
            try await templates.build(os, options: options) { _ in }
        }

        /// The template's configuration.
        func config(_ vmid: Int = 8000) async throws -> Value {
            guard case .list(let machines) = try await fake.state()["machines"] else { return .null }
            return machines.first { $0["vmid"] == .int(vmid) }?["config"] ?? .null
        }

        /// Preflight has nothing to say, and a clone is found by its agent.
        func expectAgent() async throws {
            let (platform, cell) = (try self.platform, Fixtures.cell(os))
            #expect(await platform.preflight([cell]).map(\.message) == [])
            let wanted = try #require(platform.resources(for: cell, run: Fixtures.run, expires: nil).first?.first)
            let made = try await platform.create(wanted, for: cell)
            #expect(made.details["agent"] == "inside")
            let endpoint = try await platform.ready(made, for: cell) { _ in }
            #expect(endpoint.address.hasPrefix("192.0.2."))
            try await platform.destroy(made)
        }
    }

    private func warned(_ outcome: TemplateOutcome) -> String? {
        guard case .built(_, let warning) = outcome else { return "not built: \(outcome)" }
        return warning
    }

    @Test(arguments: ["api", "ssh"]) func theNodeInstallsIt(_ transport: String) async throws {
        var changes = Self.ssh
        if transport == "ssh" { changes.merge(MachineLifeTests.ssh) { $1 } }
        let bench = try await Bench(changes, node: true)
        #expect(try await warned(bench.build()) == nil)
        let config = try await bench.config()
        #expect(config["description"]?.text.contains("agent: installed") == true, "\(config)")
        let volumes = try await bench.fake.state()["volumes"]?.elements.map(\.text) ?? []
        #expect(volumes.count { $0.hasPrefix("local:import/matrix-debian12-") } == 2, "\(volumes)")
        #expect(volumes.contains { $0.hasSuffix("-agent.qcow2") })
        try await bench.expectAgent()
        guard case .unchanged = try await bench.build() else { return #expect(Bool(false), "the second build has nothing to do") }
    }

    /// The API alone: the image is downloaded here, changed here, and uploaded.
    @Test func thisMachineInstallsItAndUploadsTheImage() async throws {
        let bench = try await Bench(runner: true)
        #expect(try await warned(bench.build()) == nil)
        #expect(try await bench.config()["description"]?.text.contains("agent: installed") == true)
        #expect(try await bench.fake.requests("POST", "/upload").count == 1)
        #expect(try await bench.fake.requests("POST", "/download-url").isEmpty)
        try await bench.expectAgent()
        // What is there is not sent again, unless the build begins anew.
        _ = try await bench.templates.destroy([bench.os])
        _ = try await bench.build()
        #expect(try await bench.fake.requests("POST", "/upload").count == 1)
        _ = try await bench.build(TemplateBuildOptions(rebuild: true))
        #expect(try await bench.fake.requests("POST", "/upload").count == 2)
    }

    @Test func anUploadWithALostReplyIsNotAFailure() async throws {
        let bench = try await Bench(runner: true)
        try await bench.fake.fault("POST", "/upload$", "lost")
        #expect(try await warned(bench.build()) == nil)
        try await bench.expectAgent()
    }

    @Test(arguments: [(true, false), (false, true)]) func olderServersGetItToo(_ node: Bool, _ runner: Bool) async throws {
        let changes: [String: Value] = ["template_build": ["guest_agent": node ? "node" : "runner"]]
        let bench = try await Bench(
            MachineLifeTests.ssh.merging(changes) { $1 }, node: node, runner: runner, options: ["version": "8.2.4"])
        #expect(try await warned(bench.build()) == nil)
        try await bench.expectAgent()
    }

    @Test func cloudInitInstallsItInEachClone() async throws {
        let bench = try await Bench(Self.ssh, options: ["storages": Self.storages])
        #expect(try await warned(bench.build()) == nil)
        let config = try await bench.config()
        #expect(config["cicustom"] == "vendor=local:snippets/matrix-guest-agent.yml")
        #expect(config["description"]?.text.contains("agent: cloud-init") == true)
        try await bench.expectAgent()
    }

    /// With nothing that could install it, the template says that it has none, and everybody is told.
    @Test func aTemplateWithoutOneSaysSo() async throws {
        let bench = try await Bench()
        let warning = try #require(try await warned(bench.build()))
        #expect(warning.contains("it has no guest agent") && warning.contains("apt install libguestfs-tools"), "\(warning)")
        #expect(try await bench.config()["description"]?.text.contains("agent: none") == true)
        let problem = try #require(await (try bench.platform).preflight([Fixtures.cell(bench.os)]).first)
        #expect(problem.message.contains("template debian12-template (8000) was built without one"), "\(problem)")
        #expect(problem.next?.contains("matrix template build --os debian12") == true)
        guard case .unchanged = try await bench.build() else { return #expect(Bool(false), "nothing has changed") }
    }

    @Test func aTemplateWithoutOneIsBuiltAgainOnceThereIsAWay() async throws {
        var bench = try await Bench()
        _ = try await bench.build()
        bench.install()
        #expect(try await warned(bench.build()) == nil)
        #expect(try await bench.config(8001)["description"]?.text.contains("agent: installed") == true)
        // The newer one is cloned.
        try await bench.expectAgent()
    }

    @Test func settingsThatWantNoneGetNone() async throws {
        let bench = try await Bench(["template_build": ["guest_agent": "none"]], runner: true)
        #expect(try await warned(bench.build()) == nil)
        #expect(try await bench.config()["description"]?.text.contains("agent: none") == true)
        guard case .unchanged = try await bench.build() else { return #expect(Bool(false), "none is wanted") }
    }

    /// `auto` goes on without; a way that the settings name must work.
    @Test func aToolThatFails() async throws {
        let failing = ["FAKE_CUSTOMIZE_ERROR": "no kernel"]
        let bench = try await Bench(Self.ssh, node: true, runner: true, environment: failing)
        let warning = try #require(try await warned(bench.build()))
        #expect(
            warning.contains("failed on pve1: virt-customize: error: no kernel") && warning.contains("failed on this machine"), "\(warning)"
        )
        let named = try await Bench(
            Self.ssh.merging(["template_build": ["guest_agent": "node"]]) { $1 }, node: true, environment: failing)
        let error = await #expect(throws: InfrastructureError.self) { _ = try await named.build() }
        #expect(error?.why.contains("no kernel") == true && error?.next?.contains("guest_agent: auto") == true)
        #expect(try await named.config() == .null)
        // Half of an image is left nowhere.
        let files = try FileManager.default.subpathsOfDirectory(atPath: named.fake.folder)
        #expect(!files.contains { $0.hasSuffix(".part") }, "\(files)")
    }

    /// The node can still download the image itself.
    @Test func anUploadThatTheServerRefusesIsNotTheEnd() async throws {
        let bench = try await Bench(runner: true)
        try await bench.fake.fault("POST", "/upload$", "reply", ["status": 413, "message": "Request Entity Too Large"])
        let warning = try #require(try await warned(bench.build()))
        #expect(warning.contains("it has no guest agent") && warning.contains("Too Large"), "\(warning)")
        #expect(try await bench.fake.requests("POST", "/download-url").count == 1)
    }

    @Test func imagesGoWithCleanup() async throws {
        let folder = try Fixtures.temporaryFolder()
        let bench = try await Bench(["template_build": ["cleanup": true, "work_dir": .string(folder)]], runner: true)
        #expect(try await warned(bench.build()) == nil)
        let volumes = try await bench.fake.state()["volumes"]?.elements.map(\.text) ?? []
        #expect(!volumes.contains { $0.contains("import/") }, "\(volumes)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        guard case .unchanged = try await bench.build() else { return #expect(Bool(false), "the template is there") }
    }

    /// What SOLTI's `find_latest_template.yml` looks for: a template in 9000-9999, and the highest VMID there.
    @Test func oursCanBeAmongTheirs() async throws {
        let bench = try await Bench(["template_build": ["vmids": "9000-9999", "net_model": "e1000", "discard": false, "agent": false]])
        let theirs: Value = ["name": "rocky9-template", "template": 1]
        try await bench.fake.scenario("add", ["vmid": 9003, "vmname": "rocky9-template", "config": theirs])
        _ = try await bench.build()
        let config = try await bench.config(9004)
        #expect(config["net0"]?.text.hasPrefix("e1000=") == true && config["net0"]?.text.contains("mtu") == false)
        #expect(config["agent"] == "0" && config["virtio0"]?.text.contains("discard") == false, "\(config)")
    }
}
