import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// A node as the users of solti-monitoring have it: their templates 9000 to 9003, root's token, and no guest agent in Debian's.
@Suite(.requires(.programs, .podman, .fakepve, .sshd, .root)) struct UsersNodeTests {
    private static let tags = [
        ("debian12", "debian-template;debian-12;cloudinit"), ("rocky9", "rocky-template;rocky9;cloudinit"),
        ("rocky10", "rocky-template;rocky10;cloudinit"), ("debian13", "debian-template;debian-13;cloudinit"),
    ]

    private func bench(on network: String) async throws -> ProxmoxBench {
        let templates = Self.tags.enumerated().map { index, system in
            FakeProxmox.template(9000 + index, "\(system.0)-template", system.1, node: "magic", extra: ["memory": "8192"])
        }
        let image = try await GuestImages.shared.image(of: "debian12").name
        return try await ProxmoxBench(
            templates: templates,
            options: [
                "nodes": ["magic"], "tokens": ["root@pam!molecule": .string(FakeProxmox.tokenSecret)],
                "containers": ["images": ["debian12-template": .string(image)], "network": .string(network)],
            ])
    }

    private func run(_ bench: ProxmoxBench, _ arguments: [String], _ more: [String: String] = [:]) async throws -> MatrixProcess.Ending {
        let own = ["PROXMOX_USER": "root@pam", "PROXMOX_TOKEN_ID": "molecule", "PROXMOX_NODE": "magic"]
        let environment = bench.environment.merging(own) { $1 }.merging(more) { $1 }
        return try await MatrixProcess.run(arguments + ["--cell", "debian12-proxmox"], in: bench.project, environment: environment)
    }

    private static let warning = "the addresses of debian12 machines may stay unknown"

    /// The machine runs, but nothing can say its address: that was known before. By default it costs a minute and a half.
    @Test func `With nothing but the token, Debian is warned of and given up soon`() async throws {
        let bench = try await bench(on: "127.0.75")
        try bench.change("address: auto\n", to: "address: auto\n    agent_patience: 5s\n", in: .api)
        let plan = try await run(bench, ["plan", "api/proxmox.yml"])
        #expect(plan.status == 0 && plan.errors.contains(Self.warning), "\(plan.errors)")
        #expect(plan.output.contains("from template debian12-template (9000 on magic)"), "\(plan.output)")
        let ending = try await run(bench, ["run", "api/proxmox.yml", "--format", "plain", "--reports", "reports"])
        let create = try #require(try Report(bench.project).result.cells[0].cases.first { $0.phase == .create })
        #expect(ending.status == 3 && create.outcome == .error && create.type == "matrix.proxmox.agent", "\(ending.errors)")
        #expect(create.message?.contains("no qemu-guest-agent") == true && create.seconds < 60, "\(create)")
        for way in ["addresses: { range: ", "ssh: { host: magic"] { #expect(ending.errors.contains(way) || ending.output.contains(way)) }
        try await bench.expectNothing()
    }

    @Test func `With PROXMOX_ADDRESSES alone it comes up`() async throws {
        let bench = try await bench(on: "127.0.76")
        let more = ["PROXMOX_ADDRESSES": "127.0.76.90-98/24", "PROXMOX_GATEWAY": "127.0.76.1"]
        let plan = try await run(bench, ["plan", "api/proxmox.yml"], more)
        #expect(plan.status == 0 && !plan.errors.contains(Self.warning), "\(plan.errors)")
        try await expectPassed(bench, try await run(bench, ["run", "api/proxmox.yml", "--format", "plain", "--reports", "reports"], more))
    }

    @Test func `With SSH to the node alone it comes up`() async throws {
        let bench = try await bench(on: "127.0.77")
        try bench.openNode(.api)
        let plan = try await run(bench, ["plan", "api/proxmox.yml"])
        #expect(plan.status == 0 && !plan.errors.contains(Self.warning), "\(plan.errors)")
        try await expectPassed(bench, try await run(bench, ["run", "api/proxmox.yml", "--format", "plain", "--reports", "reports"]))
    }

    private func expectPassed(_ bench: ProxmoxBench, _ ending: MatrixProcess.Ending) async throws {
        try #require(ending.status == 0, "\(ending.errors)\n\(ending.output)")
        let host = try #require(try Report(bench.project).result.cells.first?.hosts.first)
        #expect(host.facts["template"] == "debian12-template (9000)", "\(host.facts)")
        try await bench.expectNothing()
    }
}
