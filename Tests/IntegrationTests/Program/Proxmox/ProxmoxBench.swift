import Foundation
import MatrixCore
import MatrixTesting
import Testing

/// A fake Proxmox VE with a node that is reached by a real sshd, and a user's project with the repository's own matrices for it.
final class ProxmoxBench: Sendable {
    /// How `matrix` reaches the server.
    enum Transport: String, CaseIterable {
        case api
        case ssh
    }

    let fake: FakeProxmox
    let node: RealSSHServer
    let project: Project
    private let images: ServerProcess

    /// - Parameter templates: the templates that are there already.
    init(templates: [Value] = [], version: String = "9.0.10", options: [String: Value] = [:], timeScale: Double = 0.02) async throws {
        fake = try await FakeProxmox(
            guests: templates, options: ["version": .string(version)].merging(options) { $1 }, timeScale: timeScale)
        project = try Project()
        let path = "\(FakeProxmox.fixtures)/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        node = try RealSSHServer(options: ["SetEnv PATH=\(path) FAKEPVE_NODE=\(fake.folder)/node.json"])
        images = try ServerProcess("python3", ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", project.url.path])
        let line = try await images.firstLine()
        let port = try #require(line.firstMatch(of: /port ([0-9]+)/)).output.1
        try writeImages()
        try writeMatrices(at: "http://127.0.0.1:\(port)")
    }

    deinit { node.stop() }

    static let systems = ["rocky9", "rocky10", "debian12", "debian13"]

    /// Real, empty qcow2 images with a checksum file in the distributions' two forms.
    private func writeImages() throws {
        var sums = "# as of today\n"
        for (index, system) in Self.systems.enumerated() {
            let image = project.url.appendingPathComponent("\(system).qcow2").path
            try #require(try Shell.run("qemu-img", "create", "-q", "-f", "qcow2", image, "\(index + 2)G").status == 0, "install qemu-utils")
            let digits = try Shell.run("sha256sum", image).output.prefix { $0 != " " }
            sums += index < 2 ? "SHA256 (\(system).qcow2) = \(digits)\n" : "\(digits)  \(system).qcow2\n"
        }
        try project.write(sums, to: "CHECKSUM")
    }

    /// The repository's matrices as they are, and a settings file for each transport; only where images come from is different.
    private func writeMatrices(at server: String) throws {
        let matrices = Project.repository.appendingPathComponent("matrices")
        let matrix = try String(contentsOf: matrices.appendingPathComponent("proxmox.yml"), encoding: .utf8)
        let settings = try String(contentsOf: matrices.appendingPathComponent("platforms/proxmox.yml"), encoding: .utf8)
        let systems = Self.systems.map { "  \($0): { image: \"\(server)/\($0).qcow2\", checksum: \"\(server)/CHECKSUM\" }\n" }.joined()
        try node.endpoint().hostKeys.map { "[127.0.0.1]:\(node.port) \($0)\n127.0.0.1 \($0)\n" }.joined().write(
            toFile: "\(node.directory)/known_hosts", atomically: true, encoding: .utf8)
        for transport in Transport.allCases {
            try project.write("\(settings)os:\n\(systems)", to: "\(transport)/platforms/proxmox.yml")
            try project.write(matrix, to: "\(transport)/proxmox.yml")
        }
        try openNode(.ssh, more: "    transport: ssh\n")
    }

    /// Lets `matrix` reach the node's shell, so that machines without a guest agent are found.
    func openNode(_ transport: Transport, more: String = "") throws {
        let ssh =
            "ssh: { host: 127.0.0.1, port: \(node.port), user: \(node.user), key: \(node.keyFile), known_hosts: "
            + "\(node.directory)/known_hosts }"
        try change(
            "ssh: { host: \"${env.PROXMOX_SSH:-}\", user: \"${env.PROXMOX_SSH_USER:-root}\" }\n", to: "\(ssh)\n\(more)", in: transport)
    }

    /// Replaces a text in a transport's settings file, in which it must stand.
    func change(_ old: String, to new: String, in transport: Transport) throws {
        let text = try project.read("\(transport)/platforms/proxmox.yml")
        try #require(text.contains(old), "\(old) in \(text)")
        try project.write(text.replacing(old, with: new, maxReplacements: 1), to: "\(transport)/platforms/proxmox.yml")
    }

    /// A matrix of one Debian cell, which ends when its machine has booted: the server has no agent for it.
    func writeShort(_ transport: Transport, more: String = "") throws {
        let text = try project.read("\(transport)/platforms/proxmox.yml").replacing("address: auto", with: "address: agent")
        try project.write(text, to: "\(transport)/platforms/short.yml")
        try project.write(
            "version: 1\nname: short\nuse: platforms/short.yml\naxes: { os: [debian12], platform: [proxmox] }\nverify: "
                + "[{ service: ssh }]\n\(more)",
            to: "\(transport)/short.yml")
    }

    /// A template from whose clones no agent answers, so that their cells end without a host.
    static let mute = FakeProxmox.template(8000, "debian12-template", "cloudinit;debian-12;debian-template", extra: ["agent": "0"])

    var environment: [String: String] { fake.environment }

    func start(_ arguments: String...) throws -> MatrixProcess { try MatrixProcess(arguments, in: project, environment: environment) }

    func run(_ arguments: String...) async throws -> MatrixProcess.Ending { try await start(arguments).ending() }

    private func start(_ arguments: [String]) throws -> MatrixProcess {
        try MatrixProcess(arguments, in: project, environment: environment)
    }

    /// Waits until the server runs a task of this type.
    func waitForTask(_ type: String) async throws {
        for _ in 0..<6000 {
            if case .list(let running) = try await fake.state()["running"], running.contains(where: { $0.text.contains(":\(type):") }) {
                return
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("no task \(type) was begun in two minutes")
    }

    /// Neither a machine nor a volume of ours, no task that runs, and no container behind a machine; and none was ever
    /// started with a balloon.
    func expectNothing(but foreign: [String] = []) async throws {
        #expect(try await fake.machines().compactMap { $0["name"]?.text } == foreign)
        #expect(try await fake.volumes().filter { volume in !foreign.contains { volume.contains($0) } } == [])
        #expect(try await fake.runningTasks() == 0)
        #expect(try await fake.state()["addresses"] == [:])
        for start in try await fake.starts() { #expect(start["balloon"]?.text == "0", "\(start)") }
    }
}
