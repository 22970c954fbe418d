import Foundation
import IntegrationSupport
import MatrixCore
import MatrixLedger
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// A pool of one real host, with the scripts that its shell really runs.
@Suite(.requires(.sshd, .root)) struct OneLoginTests {
    private let folder: TemporaryFolder
    private let server: RealSSHServer
    private let run = RunID("first")

    init() throws {
        folder = try TemporaryFolder()
        server = try RealSSHServer(isolation: RealSSHServer.ownFolders)
    }

    private func platform(_ ledger: SQLiteLedger, _ access: RunAccess) throws -> StaticPlatform {
        let machine = PoolMachine(
            name: "real", address: server.address, port: server.port, user: server.user, key: server.keyFile, os: "here",
            hostKeys: [server.hostKey])
        let connector = SSHConnector(controlDirectory: "\(folder.path)/control")
        let context = PlatformContext(
            state: folder.path, access: access, runner: LocalTransport(), redactor: Redactor(), pools: ledger, connector: connector)
        return try StaticPlatform(
            name: "farm", settings: StaticSettings(source: .hosts([machine])), context: context, book: ledger, connector: connector)
    }

    private func cell() async throws -> CellPlan {
        let facts = HostFacts(try await LocalTransport().run(.script(HostFacts.script)).output)
        let os = OperatingSystem(
            name: "here", family: "debian", packageManager: .apt, release: .init(id: facts.id, version: facts.version))
        return CellPlan(
            name: "here-farm", point: [AxisValue(axis: "os", value: "here")], os: os, platform: "farm",
            hosts: [HostPlan(name: "here-farm")], provision: ProvisionPlan(user: "nosuchuser", packages: ["no-such-package"]))
    }

    private func count(_ text: String) -> Int { server.log.components(separatedBy: text).count - 1 }

    @Test("a host's part of a run is one login and a session a phase, and leaves nothing on it")
    func oneLogin() async throws {
        defer { server.stop() }
        let ledger = try SQLiteLedger(state: folder.path)
        let access = try await RunKeys.make(for: run, in: "\(folder.path)/runs/first", using: LocalTransport())
        let (platform, cell) = (try platform(ledger, access), try await cell())
        #expect(await platform.preflight([cell]) == [])
        try await platform.reserve(cell, run: run, expires: nil) { _ in }
        let resource = try #require(platform.resources(for: cell, run: run, expires: nil).first?.first)
        let made = try await platform.create(resource, for: cell)
        let changes = try #require(try await ledger.hosts().first?.changes.flatMap(HostChanges.init))
        #expect(changes.accounts == ["nosuchuser"] && changes.packages.contains("no-such-package"))
        #expect(changes.files == ["/etc/sudoers.d/zz-solti-matrix-nosuchuser"] && changes.hostName == nil)
        let endpoint = try await platform.ready(made, for: cell) { _ in }
        let transport = try #require(try await platform.connection(to: made, at: endpoint))
        #expect(transport.facts?.isSystem(cell.os.release) == true)
        let seen = try await transport.run(.script("cat ~/.ssh/authorized_keys /var/lib/solti-matrix/lease /var/lib/solti-matrix/changes"))
        let lines = seen.output.split(separator: "\n").map(String.init)
        #expect(
            lines.first == access.publicKey && lines.dropFirst().first?.contains(" first ") == true
                && lines.last?.hasPrefix("package ") == true)
        try await platform.destroy(made)
        #expect(count("Accepted publickey") == 1)
        // The first of the connection, the opening, the one of this test, the hand-back.
        #expect(count("Starting session:") == 4)
        let left = try await transport.run(.script("ls -A /var/lib; cat ~/.ssh/authorized_keys; true"))
        #expect(left.output.isEmpty)
        await platform.close()
        #expect(!transport.isOpen)
        #expect(try await ledger.hosts().first.map { $0.holder == nil && !$0.needsReset } == true)
    }

    @Test("a reset names the step that failed, and the host keeps its lease")
    func failedStep() async throws {
        defer { server.stop() }
        let connector = SSHConnector(controlDirectory: "\(folder.path)/control")
        let transport = try await connector.connect(to: server.endpoint()) { _ in }
        var settings = StaticSettings(source: .hosts([]))
        settings.reset = [.init(name: "fine", script: "echo fine"), .init(name: "bad", script: "echo 'it is busy' >&2; exit 3")]
        let lease = HostLease(state: "here")
        _ = try await HostScript(parts: [lease.taking("real", run: run, expires: nil)]).run(on: transport, timeout: .seconds(60))
        let script = HostScript(
            parts: [lease.asking("real", run: run)] + HostReset(settings: settings).parts(HostChanges(), host: "real")
                + [lease.ending("real")])
        let error = await #expect(throws: InfrastructureError.self) { _ = try await script.run(on: transport, timeout: .seconds(60)) }
        #expect(error?.what == "reset step bad on real" && error?.why == "it is busy")
        // Another state folder neither takes it nor undoes anything on it.
        let other = HostLease(state: "elsewhere")
        let taken = try await HostScript(parts: [other.taking("real", run: RunID("second"), expires: nil)])
            .run(on: transport, timeout: .seconds(60))
        let answer = try HostLease.answer(taken.first, of: "real")
        #expect({ if case .held(let holder, _) = answer { holder == run } else { false } }())
        let asked = try await HostScript(parts: [other.asking("real", run: RunID("second")), .init(what: "never", script: "exit 1")])
            .run(on: transport, timeout: .seconds(60))
        #expect({ if case .others = HostLease.standing(asked.first) { true } else { false } }())
        await transport.close()
    }
}
