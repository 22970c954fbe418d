import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Every request of a machine's and a template's life is one that Proxmox VE 8 and 9 take.
///
/// The fake refuses what PVE 9's API schema does not have. What version 8 has of it was read in the source: qemu-server 8.0.7
/// (from where on tokens may set `ciupgrade`), pve-storage 8.3 for `download-url`, which is asked only from 8.4 on.
@Suite(.requires(.fakepve)) struct RequestsTests {
    /// Parameters by method and path, as both versions have them.
    private static let known: [String: Set<String>] = [
        "GET /version": [], "GET /nodes": [], "GET /access/permissions": ["path"], "GET /cluster/resources": ["type"],
        "GET /nodes/N/qemu": [], "GET /nodes/N/storage": ["content"], "GET /nodes/N/network": ["type"],
        "GET /nodes/N/storage/S/content": ["content", "vmid"],
        "GET /nodes/N/tasks": ["source", "typefilter"], "GET /nodes/N/tasks/T/status": [], "GET /nodes/N/tasks/T/log": ["limit", "start"],
        "GET /nodes/N/qemu/V/config": [], "GET /nodes/N/qemu/V/status/current": [], "GET /nodes/N/qemu/V/agent/network-get-interfaces": [],
        "GET /nodes/N/qemu/V/agent/file-read": ["file"],
        "POST /nodes/N/qemu/V/clone": ["newid", "name", "description", "full", "pool", "storage", "target"],
        "PUT /nodes/N/qemu/V/config": machine.union(["delete"]), "PUT /nodes/N/qemu/V/resize": ["disk", "size"],
        "POST /nodes/N/qemu/V/status/start": [],
        "POST /nodes/N/qemu/V/status/stop": [], "POST /nodes/N/qemu/V/status/shutdown": ["timeout", "forceStop"],
        "POST /nodes/N/qemu/V/template": [],
        "DELETE /nodes/N/qemu/V": ["purge", "destroy-unreferenced-disks"], "DELETE /nodes/N/storage/S/content/C": [],
        "POST /nodes/N/storage/S/download-url": ["content", "filename", "url", "checksum", "checksum-algorithm"],
        "POST /nodes/N/qemu": machine.union(["vmid"]),
    ]
    private static let machine: Set<String> = [
        "name", "description", "tags", "onboot", "protection", "ciupgrade", "ciuser", "sshkeys", "ipconfig0", "nameserver", "searchdomain",
        "net0", "cores", "sockets",
        "memory", "balloon", "cpu", "numa", "scsihw", "machine", "bios", "vga", "ostype", "serial0", "agent", "efidisk0", "scsi1",
        "virtio0", "boot",
    ]

    @Test func ofBothVersions() async throws {
        let fake = try await FakeProxmox()
        try await life(
            fake,
            [
                "pool": "ci", "clone": "full", "nameserver": "1.1.1.1", "searchdomain": "lan",
                "addresses": ["range": "192.168.101.90-192.168.101.91/24", "gateway": "192.168.101.254"],
            ])
        try await life(fake, MachineLifeTests.noPool)
        try await templates(fake)
        let requests = try await fake.requests()
        #expect(requests.count > 60)
        var seen: Set<String> = []
        for request in requests {
            let what = "\(request["method"]?.text ?? "") \(Self.pattern(request["path"]?.text ?? ""))"
            let allowed = try #require(Self.known[what], "\(what) is not known to be valid for both versions")
            let unknown = Self.parameters(request).subtracting(allowed)
            #expect(unknown.isEmpty, "\(what) has \(unknown)")
            let body = request["body"]?.text ?? ""
            #expect(body.isEmpty || request["type"] == "application/json")
            seen.insert(what)
        }
        // A table that names what is never sent says nothing.
        #expect(Set(Self.known.keys).subtracting(seen).isSubset(of: ["GET /nodes/N/tasks"]))
    }

    private func life(_ fake: FakeProxmox, _ changes: [String: Value]) async throws {
        let platform = try fake.platform(changes)
        let cell = Fixtures.cell(Fixtures.rocky9, hosts: [HostPlan(name: "a", size: HostSize(cores: 2, memory: 2 << 30, disk: 20 << 30))])
        #expect(await platform.preflight([cell]) == [])
        let made = try await platform.create(
            try #require(platform.resources(for: cell, run: Fixtures.run, expires: nil).first?.first), for: cell)
        _ = try await platform.ready(made, for: cell) { _ in }
        try await platform.power(made, on: false)
        try await platform.power(made, on: true)
        #expect(try await platform.remaining(of: Fixtures.run).count == 1)
        try await platform.destroy(made)
    }

    private func templates(_ fake: FakeProxmox) async throws {
        var os = Fixtures.debian12
        os.checksumURL = "file://\(fake.folder)/sums"
        let file = os.imageURL?.split(separator: "/").last ?? ""
        try "\(String(repeating: "ab", count: 32))  \(file)\n".write(toFile: "\(fake.folder)/sums", atomically: true, encoding: .utf8)
        let context = Fixtures.context(
            secrets: ["token.secret": FakeProxmox.tokenSecret], state: fake.folder, connector: FixedConnector(NodeTransport(fake)))
        let read = try SettingsReader.read(fake.settings(["templates": "auto"]).options)
        let templates = ProxmoxTemplates(
            settings: read, connection: try ProxmoxDriver.connection(read, in: context, pace: Fixtures.pace), context: context)
        guard case .built = try await templates.build(os, options: TemplateBuildOptions(rebuild: true), progress: { _ in }) else {
            return #expect(Bool(false))
        }
        _ = try await templates.verify(os, boot: false) { _ in }
        #expect(try await templates.destroy([os]).count == 1)
        let pruned = Mutex(0)
        try await templates.prune([os], images: true) { _ in pruned.withLock { $0 += 1 } }
        #expect(pruned.withLock { $0 } == 1)
    }

    /// A path with its names replaced: `/nodes/N/qemu/V/config`.
    private static func pattern(_ path: String) -> String {
        var parts = path.replacing("/api2/json", with: "").split(separator: "/").map(String.init)
        for (index, part) in parts.enumerated() where index > 0 {
            switch parts[index - 1] {
            case "nodes": parts[index] = "N"
            case "qemu" where Int(part) != nil: parts[index] = "V"
            case "storage": parts[index] = "S"
            case "tasks": parts[index] = "T"
            case "content": parts = Array(parts[..<index]) + ["C"]
            default: continue
            }
            if parts.last == "C" { break }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func parameters(_ request: Value) -> Set<String> {
        let query = (request["query"]?.text ?? "").split(separator: "&").compactMap { $0.split(separator: "=").first.map(String.init) }
        guard case .map(let body)? = Value(json: request["body"]?.text ?? "") else { return Set(query) }
        return Set(query + body.keys)
    }
}
