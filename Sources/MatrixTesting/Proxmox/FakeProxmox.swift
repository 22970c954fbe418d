internal import Foundation
public import MatrixCore

#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif

/// `fakepve` on 127.0.0.1 over TLS, with fault injection; see fixtures/proxmox/fakepve_server.py.
public struct FakeProxmox: Sendable {
    /// The server.
    public let process: ServerProcess
    /// `https://127.0.0.1:PORT`.
    public let url: String
    /// `http://127.0.0.1:PORT`: the control port.
    public let control: String
    /// Its certificate, and the authority that signed it.
    public let certificates: Certificates
    /// Its folder, with `node.json` for `pvesh` and `qm`.
    public let folder: String

    /// The secret of the token `ci@pve!matrix`.
    public static let tokenSecret = "11111111-2222-3333-4444-555555555555"

    /// The project's fixtures for Proxmox.
    public static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("fixtures/proxmox").path

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// The Python that has fakepve.
    public static let python: String = {
        if let given = environment["SOLTI_FAKEPVE_PYTHON"] { return given }
        let own = URL(fileURLWithPath: fixtures).deletingLastPathComponent().appendingPathComponent(".venv/bin/python3").path
        return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    }()

    /// A template as the SOLTI scripts make it, with everything that a clone must not keep.
    public static func template(_ vmid: Int, _ name: String, _ tags: String, node: String = "pve1", extra: [String: Value] = [:]) -> Value {
        let config: [String: Value] = [
            "name": .string(name), "tags": .string(tags), "boot": "order=virtio0",
            "virtio0": .string("local-lvm:base-\(vmid)-disk-0,discard=on,size=8G"),
            "scsi1": .string("local-lvm:vm-\(vmid)-cloudinit,media=cdrom"), "net0": "virtio=BC:24:11:00:00:01,bridge=vmbr1,mtu=1",
            "agent": "1", "memory": "4096",
            "balloon": 1, "cores": 4, "protection": 1, "onboot": 1, "cicustom": "user=local:snippets/gone.yml",
            "description": "the template's notes",
            "sshkeys": "ssh-ed25519%20AAAAtemplate%20t", "ciuser": "lavender", "nameserver": "9.9.9.9", "ipconfig1": "ip=10.0.0.9/24",
            "startup": "order=1",
        ]
        return [
            "vmid": .int(vmid), "name": .string(name), "node": .string(node), "template": true,
            "config": .map(config.merging(extra) { _, new in new }),
        ]
    }

    /// Two templates as a template build makes them.
    public static let templates: [Value] = [
        template(8000, "debian12-template", "cloudinit;debian-12;debian-template"),
        template(7002, "rocky9-template", "cloudinit;rocky-template;rocky9"),
    ]

    /// One template of each system in the matrices.
    public static let allTemplates: [Value] = templates + [template(10000, "rocky10-template", "cloudinit;rocky-template;rocky10")]

    /// The variables that point `matrices/platforms/proxmox.yml` at it.
    public var environment: [String: String] {
        [
            "PROXMOX_URL": url, "PROXMOX_USER": "ci@pve", "PROXMOX_TOKEN_ID": "matrix", "PROXMOX_TOKEN_SECRET": Self.tokenSecret,
            "PROXMOX_NODE": "pve1",
            "PROXMOX_CA": certificates.authority,
        ]
    }

    /// - Parameter options: keys that replace those of the server's default configuration.
    public init(guests: [Value] = templates, options: [String: Value] = [:], timeScale: Double = 0.02) async throws {
        folder = try TemporaryFolder.make()
        certificates = try await Certificates.shared
        let config: [String: Value] = [
            "tokens": ["ci@pve!matrix": .string(Self.tokenSecret)], "password": "secret", "guests": .list(guests), "nodes": ["pve1"],
            "pools": ["ci": []],
            "bridges": ["vmbr0", "vmbr1"], "files": .string("\(folder)/files"),
        ]
        try Value.map(config.merging(options) { _, new in new }).json.write(
            toFile: "\(folder)/config.json", atomically: true, encoding: .utf8)
        process = try ServerProcess(
            Self.python,
            [
                "\(Self.fixtures)/fakepve_server.py", "--cert", certificates.leaf, "--key", certificates.key, "--config",
                "\(folder)/config.json", "--time-scale",
                "\(timeScale)",
            ])
        guard let started = Value(json: try await process.firstLine()) else {
            throw InfrastructureError("fakepve", why: "it did not start", isTransient: false)
        }
        url = started["url"]?.string ?? ""
        control = started["control"]?.string ?? ""
        let node: Value = ["url": .string(url), "ca": .string(certificates.authority), "password": "secret", "control": .string(control)]
        try node.json.write(toFile: "\(folder)/node.json", atomically: true, encoding: .utf8)
    }

    // MARK: - Control

    /// Makes requests of this method and path (a pattern) fail; see the server's FAULTS.
    public func fault(_ method: String, _ path: String, _ kind: String, _ more: [String: Value] = [:]) async throws {
        try await post(
            "/fault", .map(["method": .string(method), "path": .string(path), "kind": .string(kind)].merging(more) { _, new in new }))
    }

    /// Changes the server's state.
    public func scenario(_ name: String, _ more: [String: Value] = [:]) async throws {
        try await post("/scenario", .map(["name": .string(name)].merging(more) { _, new in new }))
    }

    /// Changes one machine: `{"vmid": 20001, "lock": "backup"}`.
    public func setMachine(_ values: Value) async throws { try await post("/machine", values) }

    /// Clears all faults.
    public func clearFaults() async throws { try await post("/faults/clear", [:]) }

    /// The server's state: machines, volumes, tasks.
    public func state() async throws -> Value { try await get("/state") }

    /// Machines that are not templates.
    public func machines() async throws -> [Value] {
        guard case .list(let all) = try await state()["machines"] else { return [] }
        return all.filter { $0["template"] != true }
    }

    /// Volumes that belong to no template.
    public func volumes() async throws -> [String] {
        guard case .list(let all) = try await state()["volumes"] else { return [] }
        return all.map(\.text).filter { $0.firstMatch(of: /(vm|base)-(7|8|9|10|11)[0-9]{3}-/) == nil && !$0.contains("import/") }
    }

    /// The number of running tasks.
    public func runningTasks() async throws -> Int {
        guard case .list(let all) = try await state()["running"] else { return 0 }
        return all.count
    }

    /// The started machines, each with its balloon at the start.
    public func starts() async throws -> [Value] {
        guard case .list(let all) = try await state()["starts"] else { return [] }
        return all
    }

    /// The requests with this method and this end of the path.
    public func requests(_ method: String? = nil, _ end: String = "") async throws -> [Value] {
        guard case .list(let all) = try await get("/requests") else { return [] }
        return all.filter { (method == nil || $0["method"]?.string == method) && $0["path"]?.string?.hasSuffix(end) ?? false }
    }

    private func get(_ path: String) async throws -> Value {
        let (data, _) = try await URLSession.shared.data(from: try Self.url(control + path))
        return try JSON.decode(Value.self, from: Array(data))
    }

    private func post(_ path: String, _ body: Value) async throws {
        var request = URLRequest(url: try Self.url(control + path))
        request.httpMethod = "POST"
        request.httpBody = Data(body.json.utf8)
        let (_, response) = try await URLSession.shared.data(for: request)
        guard (response as? HTTPURLResponse)?.statusCode == 200 else {
            throw InfrastructureError("fakepve", why: "it refused \(path) \(body.json)", isTransient: false)
        }
    }

    private static func url(_ text: String) throws -> URL {
        guard let url = URL(string: text) else { throw InfrastructureError("fakepve", why: "'\(text)' is not a URL", isTransient: false) }
        return url
    }
}
