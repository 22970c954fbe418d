import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// `fakepve` on 127.0.0.1 over TLS, with fault control; see fixtures/proxmox/fakepve_server.py.
struct FakeProxmox: Sendable {
    let process: ServerProcess
    let url: String
    let control: String
    let certificates: Certificates
    let folder: String

    static let tokenSecret = "11111111-2222-3333-4444-555555555555"
    static let missing: Comment = "fakepve is not installed: pip install fakepve into fixtures/.venv, or name a Python that has it in SOLTI_FAKEPVE_PYTHON"

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    static let python: String = {
        if let given = environment["SOLTI_FAKEPVE_PYTHON"] { return given }
        let own = URL(fileURLWithPath: Fixtures.proxmox).deletingLastPathComponent().appendingPathComponent(".venv/bin/python3").path
        return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    }()

    /// Whether its tests can run, or have to.
    static func isWanted() async throws -> Bool {
        if environment["SOLTI_REQUIRE_ALL"] == "1" { return true }
        return try await ServerProcess.run([python, "-c", "import fakepve"]).0 == 0
    }

    /// A template as the build makes it, everything in it that a clone must not keep.
    static func template(_ vmid: Int, _ name: String, _ tags: String, node: String = "pve1", extra: [String: Value] = [:]) -> Value {
        let config: [String: Value] = [
            "name": .string(name), "tags": .string(tags), "boot": "order=virtio0", "virtio0": .string("local-lvm:base-\(vmid)-disk-0,discard=on,size=8G"),
            "scsi1": .string("local-lvm:vm-\(vmid)-cloudinit,media=cdrom"), "net0": "virtio=BC:24:11:00:00:01,bridge=vmbr1,mtu=1", "agent": "1", "memory": "4096",
            "balloon": 4096, "cores": 4, "protection": 1, "onboot": 1, "cicustom": "user=local:snippets/gone.yml", "description": "the template's notes",
            "sshkeys": "ssh-ed25519%20AAAAtemplate%20t", "ciuser": "lavender", "nameserver": "9.9.9.9", "ipconfig1": "ip=10.0.0.9/24", "startup": "order=1",
        ]
        return ["vmid": .int(vmid), "name": .string(name), "node": .string(node), "template": true, "config": .map(config.merging(extra) { _, new in new })]
    }

    static let templates: [Value] = [
        template(8000, "debian12-template", "cloudinit;debian-12;debian-template"), template(7002, "rocky9-template", "cloudinit;rocky-template;rocky9"),
    ]

    init(guests: [Value] = templates, options: [String: Value] = [:], timeScale: Double = 0.02) async throws {
        folder = try Fixtures.temporaryFolder()
        certificates = try await Certificates.shared
        let config: [String: Value] = [
            "tokens": ["ci@pve!matrix": .string(Self.tokenSecret)], "password": "secret", "guests": .list(guests), "nodes": ["pve1"], "pools": ["ci": []],
            "bridges": ["vmbr0", "vmbr1"],
        ]
        try Value.map(config.merging(options) { _, new in new }).json.write(toFile: "\(folder)/config.json", atomically: true, encoding: .utf8)
        process = try ServerProcess(
            Self.python,
            [
                "\(Fixtures.proxmox)/fakepve_server.py", "--cert", certificates.leaf, "--key", certificates.key, "--config", "\(folder)/config.json", "--time-scale",
                "\(timeScale)",
            ])
        let started = try #require(Value(json: try await process.firstLine()))
        url = started["url"]?.string ?? ""
        control = started["control"]?.string ?? ""
        let node: Value = ["url": .string(url), "ca": .string(certificates.authority), "password": "secret", "control": .string(control)]
        try node.json.write(toFile: "\(folder)/node.json", atomically: true, encoding: .utf8)
    }

    /// Settings for this server, with changes.
    func settings(_ changes: [String: Value] = [:]) -> PlatformSettings {
        var options: [String: Value] = [
            "driver": "proxmox", "endpoint": .string(url), "token": ["id": "ci@pve!matrix", "secret": ["env": "X"]], "node": "pve1", "vmids": "20000-20999",
            "storage": "local-lvm", "bridge": "vmbr0", "tls": ["ca": .string(certificates.authority)], "templates": "required", "user": "root",
        ]
        for (key, value) in changes { options[key] = value == .null ? nil : value }
        return PlatformSettings(name: "proxmox", driver: "proxmox", options: Fixtures.document(.map(options)))
    }

    func platform(_ changes: [String: Value] = [:], claims: (any ClaimBook)? = nil, pace: ProxmoxPace = Fixtures.pace) throws -> ProxmoxPlatform {
        let context = Fixtures.context(
            secrets: ["token.secret": Self.tokenSecret, "login.password": "secret"], state: folder, connector: FixedConnector(NodeTransport(self)), claims: claims)
        return try ProxmoxDriver.platform(settings(changes), in: context, pace: pace)
    }

    // MARK: - Control

    func fault(_ method: String, _ path: String, _ kind: String, _ more: [String: Value] = [:]) async throws {
        try await post("/fault", .map(["method": .string(method), "path": .string(path), "kind": .string(kind)].merging(more) { _, new in new }))
    }

    func scenario(_ name: String, _ more: [String: Value] = [:]) async throws {
        try await post("/scenario", .map(["name": .string(name)].merging(more) { _, new in new }))
    }

    func clearFaults() async throws { try await post("/faults/clear", [:]) }

    func state() async throws -> Value { try await get("/state") }

    /// Machines that are no templates.
    func machines() async throws -> [Value] {
        guard case .list(let all) = try await state()["machines"] else { return [] }
        return all.filter { $0["template"] != true }
    }

    /// Volumes that no template has.
    func volumes() async throws -> [String] {
        guard case .list(let all) = try await state()["volumes"] else { return [] }
        return all.map(\.text).filter { $0.firstMatch(of: /(vm|base)-(7|8|9|10|11)[0-9]{3}-/) == nil && !$0.contains("import/") }
    }

    func runningTasks() async throws -> Int {
        guard case .list(let all) = try await state()["running"] else { return 0 }
        return all.count
    }

    /// The requests that arrived with this method and end of path.
    func requests(_ method: String? = nil, _ end: String = "") async throws -> [Value] {
        guard case .list(let all) = try await get("/requests") else { return [] }
        return all.filter { (method == nil || $0["method"]?.string == method) && $0["path"]?.string?.hasSuffix(end) ?? false }
    }

    private func get(_ path: String) async throws -> Value {
        let (data, _) = try await URLSession.shared.data(from: try #require(URL(string: control + path)))
        return try JSON.decode(Value.self, from: Array(data))
    }

    private func post(_ path: String, _ body: Value) async throws {
        var request = URLRequest(url: try #require(URL(string: control + path)))
        request.httpMethod = "POST"
        request.httpBody = Data(body.json.utf8)
        let (_, response) = try await URLSession.shared.data(for: request)
        try #require((response as? HTTPURLResponse)?.statusCode == 200)
    }
}

/// Runs commands as the fake's node would: its `pvesh` and `qm` stand first on the path.
struct NodeTransport: Transport {
    private let path: String
    private let node: String

    init(_ fake: FakeProxmox) {
        path = "\(Fixtures.proxmox)/bin:\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
        node = "\(fake.folder)/node.json"
    }

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        let environment = command.environment.merging(["PATH": path, "FAKEPVE_NODE": node]) { _, new in new }
        let (status, output, error) = try await ServerProcess.run(command.arguments, environment: environment, input: command.input)
        return CommandResult(exitStatus: status, standardOutput: Array(output.utf8), standardError: Array(error.utf8))
    }

    func upload(_ local: String, to remote: String) async throws { try FileManager.default.copyItem(atPath: local, toPath: remote) }
    func download(_ remote: String, to local: String) async throws { try FileManager.default.copyItem(atPath: remote, toPath: local) }
    func forward(to host: String, port: Int) async throws -> Int { throw InfrastructureError("forward", why: "not here", isTransient: false) }
    func commandLine(for command: Command) -> String { command.display }
    func close() async {}
}
