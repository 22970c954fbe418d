import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// The faults that every run must survive: after each nothing is left, or the run reports it.
@Suite(.requires(.fakepve)) struct ProxmoxFaultTests {
    private let cell = Fixtures.cell()

    private func resource(_ platform: ProxmoxPlatform) throws -> Resource {
        try #require(platform.resources(for: cell, run: Fixtures.run, expires: nil).first?.first)
    }

    private func expectEmpty(_ fake: FakeProxmox) async throws {
        #expect(try await fake.machines() == [])
        #expect(try await fake.volumes() == [])
    }

    private func expectNothing(_ fake: FakeProxmox, _ claims: MemoryClaims) async throws {
        try await expectEmpty(fake)
        #expect(try await fake.runningTasks() == 0)
        #expect(await claims.claims == [:])
    }

    /// Creates, boots and destroys with a fault in the way, and expects nothing to stay.
    private func survive(_ changes: [String: Value] = [:], _ fault: (FakeProxmox) async throws -> Void) async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(changes, claims: claims)
        try await fault(fake)
        let made = try await platform.create(try resource(platform), for: cell)
        _ = try await platform.ready(made, for: cell) { _ in }
        #expect(try await fake.machines().count == 1)
        try await platform.destroy(made)
        try await expectNothing(fake, claims)
    }

    // 1
    @Test(arguments: [1, 2]) func aLostReplyToCloneAdoptsTheMachine(_ times: Int) async throws {
        try await survive { try await $0.fault("POST", "/clone$", "lost", ["times": .int(times)]) }
    }

    // 2
    @Test(arguments: ["reply", "task"]) func aTakenIDIsAnsweredWithAnother(_ kind: String) async throws {
        let message: Value = "unable to create VM 20001: config file already exists"
        try await survive { try await $0.fault("POST", "/clone$", kind, ["status": 500, "message": message, "times": 2]) }
    }

    // 3
    @Test(arguments: ["reply", "phrase", "task"]) func gotTimeoutIsTriedAgain(_ kind: String) async throws {
        let message: Value = "can't lock file '/var/lock/qemu-server/lock-8000.conf' - got timeout"
        try await survive { try await $0.fault("POST", "/clone$", kind, ["status": 500, "message": message, "times": 2]) }
    }

    // 3, 7: `pvesh` exits 0 even if its task failed.
    @Test func gotTimeoutInATaskOverSSH() async throws {
        let message: Value = "can't lock file '/var/lock/qemu-server/lock-8000.conf' - got timeout"
        try await survive(MachineLifeTests.ssh) { try await $0.fault("POST", "/clone$", "task", ["status": 500, "message": message]) }
    }

    // 4
    @Test func aKilledCloneWorkerLeavesAListedLeakOverTheAPI() async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(claims: claims)
        try await fake.fault("POST", "/clone$", "killed")
        let wanted = try resource(platform)
        let error = await #expect(throws: InfrastructureError.self) { try await platform.create(wanted, for: cell) }
        #expect(error?.why.contains("qm unlock 20") == true && error?.isTransient == false)
        let left = try await platform.remaining(of: Fixtures.run)
        #expect(left.map(\.name) == [wanted.name])
        let again = try #require(left.first)
        await #expect(throws: InfrastructureError.self) { try await platform.destroy(again) }
        // Another process, which knows of the claims only, sees it as well.
        #expect(try await (try fake.platform(claims: claims)).remaining(of: Fixtures.run).map(\.id) == [again.id])
        try await fake.scenario("unlock", ["vmid": again.id.isEmpty ? 0 : .int(Int(again.id) ?? 0)])
    }

    // 4
    @Test(arguments: [["ssh": ["host": "pve1"]], ["transport": "ssh", "ssh": ["host": "pve1"], "token": .null]] as [[String: Value]])
    func aKilledCloneWorkerIsUnlockedOverSSH(_ changes: [String: Value]) async throws {
        try await survive(changes) { try await $0.fault("POST", "/clone$", "killed") }
    }

    // 5
    @Test func destroyWithWarningsAndASurvivingVolume() async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(claims: claims)
        let made = try await platform.create(try resource(platform), for: cell)
        try await fake.fault("DELETE", "/qemu/\(made.id)$", "warnings", ["volume": .string("local-lvm:vm-\(made.id)-disk-0")])
        try await platform.destroy(made)
        try await expectNothing(fake, claims)
    }

    // 5
    @Test func aVolumeThatStaysIsALeakWithItsName() async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(claims: claims)
        let made = try await platform.create(try resource(platform), for: cell)
        try await fake.fault("DELETE", "/qemu/\(made.id)$", "warnings", ["volume": .string("local-lvm:vm-\(made.id)-disk-0")])
        try await fake.fault(
            "DELETE", "/content/", "reply",
            ["status": 403, "message": "Permission check failed (/storage/local-lvm, Datastore.Allocate)", "times": 9])
        let error = await #expect(throws: InfrastructureError.self) { try await platform.destroy(made) }
        #expect(error?.why.contains("pvesm free local-lvm:vm-\(made.id)-disk-0") == true)
        #expect(error?.next?.contains("Datastore.Allocate") == true && error?.isTransient == false)
        try await fake.clearFaults()
        try await platform.destroy(made)
        try await expectNothing(fake, claims)
    }

    // 6: the fake's templates are protected and tagged; here the clone is protected again behind our back.
    @Test func protectionAndTagsAreNotInherited() async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(claims: claims)
        let made = try await platform.create(try resource(platform), for: cell)
        #expect(try await fake.machines().first?["config"]?["tags"]?.text.contains("template") == false)
        try await fake.scenario("protect", ["vmid": .int(Int(made.id) ?? 0)])
        try await platform.destroy(made)
        try await expectNothing(fake, claims)
    }

    // 7
    @Test(arguments: [[:], MachineLifeTests.ssh]) func aResizeThatDidNothingIsFoundOut(_ changes: [String: Value]) async throws {
        let fake = try await FakeProxmox()
        let platform = try fake.platform(changes)
        let big = Fixtures.cell(hosts: [HostPlan(name: "debian12-proxmox", size: HostSize(disk: 20 << 30))])
        try await fake.fault("PUT", "/resize$", "ignored")
        let error = await #expect(throws: InfrastructureError.self) { try await platform.create(try resource(platform), for: big) }
        #expect(error?.why.contains("virtio0 is still 8.0 GiB instead of 20.0 GiB") == true)
        for machine in try await platform.remaining(of: Fixtures.run) { try await platform.destroy(machine) }
        try await expectEmpty(fake)
    }

    // 7
    @Test func settingsThatWereNotTakenAreFoundOut() async throws {
        let fake = try await FakeProxmox()
        let platform = try fake.platform()
        try await fake.fault("PUT", "/config$", "ignored")
        let error = await #expect(throws: InfrastructureError.self) { try await platform.create(try resource(platform), for: cell) }
        #expect(error?.why.contains("did not apply") == true && error?.why.contains("protection") == true)
        for machine in try await platform.remaining(of: Fixtures.run) { try await platform.destroy(machine) }
        try await expectEmpty(fake)
    }

    // 8
    @Test func aLateAgentIsWaitedForAndItsReasonShown() async throws {
        let fake = try await FakeProxmox(options: ["agent": "late", "clone_secs": 0], timeScale: 0.3)
        let platform = try fake.platform(MachineLifeTests.noPool)
        let made = try await platform.create(try resource(platform), for: cell)
        let recorder = Recorder()
        _ = try await platform.ready(made, for: cell) { recorder.add($0) }
        #expect(recorder.texts.contains { $0.contains("QEMU guest agent is not running") })
        try await platform.destroy(made)
    }

    // 8
    @Test(arguments: ["absent", "hung", "linklocal"]) func withoutAnAgentTheNeighbourTableKnows(_ agent: String) async throws {
        let fake = try await FakeProxmox(options: ["agent": .string(agent)])
        let transport = ScriptedTransport()
        let context = Fixtures.context(secrets: ["token.secret": FakeProxmox.tokenSecret], connector: FixedConnector(transport))
        let platform = try ProxmoxDriver.platform(
            fake.settings(["ssh": ["host": "pve1"], "agent_patience": "200ms", "addresses": .null]), in: context, pace: Fixtures.pace)
        let made = try await platform.create(try resource(platform), for: cell)
        let net = try await fake.machines().first?["config"]?["net0"]?.text ?? ""
        let hardware = try #require(MachineConfig(["net0": .string(net)]).hardwareAddress)
        transport.answer(
            "ip neigh",
            output: "192.168.1.9 dev vmbr0 lladdr aa:bb:cc:dd:ee:ff REACHABLE\n192.168.1.77 dev vmbr0 lladdr \(hardware) STALE\n")
        let endpoint = try await platform.ready(made, for: cell) { _ in }
        #expect(endpoint.address == "192.168.1.77" && endpoint.hostKeys == [])
        try await platform.destroy(made)
        #expect(try await fake.machines() == [])
    }

    // 8
    @Test func anUnconfiguredAgentIsNotWaitedFor() async throws {
        let fake = try await FakeProxmox(guests: [
            FakeProxmox.template(8000, "debian12-template", "cloudinit;debian-12;debian-template", extra: ["agent": "0"])
        ])
        let platform = try fake.platform(["address": "agent"])
        let made = try await platform.create(try resource(platform), for: cell)
        let error = await #expect(throws: InfrastructureError.self) { try await platform.ready(made, for: cell) { _ in } }
        #expect(error?.isTransient == false && error?.next?.contains("--agent 1") == true)
        try await platform.destroy(made)
    }

    // 9
    @Test(arguments: [[:], MachineLifeTests.ssh]) func keysAndValuesArriveByteForByte(_ changes: [String: Value]) async throws {
        let fake = try await FakeProxmox()
        let key = "ssh-ed25519 AAAAC3+/a+b/c== a+b=c:d;e,f%20&g?h#i"
        let access = RunAccess(directory: "/tmp/run", publicKey: key)
        let context = Fixtures.context(
            secrets: ["token.secret": FakeProxmox.tokenSecret, "login.password": "secret"], connector: FixedConnector(NodeTransport(fake)),
            access: access)
        let platform = try ProxmoxDriver.platform(
            fake.settings(changes.merging(["tags": ["a+b", "c.d_e-f"]]) { _, new in new }), in: context, pace: Fixtures.pace)
        let made = try await platform.create(try resource(platform), for: cell)
        let config = try #require(try await fake.machines().first?["config"])
        #expect(config["sshkeys"]?.text == PercentEncoding.encode(key))
        #expect(Self.decoded(config["sshkeys"]?.text ?? "") == key)
        #expect(config["tags"]?.text.contains("a+b;c.d_e-f;solti-matrix") == true)
        #expect(config["description"]?.text.contains("cell: debian12-proxmox\nhost: debian12-proxmox") == true)
        try await platform.destroy(made)
        for request in try await fake.requests() where ["POST", "PUT"].contains(request["method"]?.text ?? "") && request["body"] != "" {
            #expect(request["type"] == "application/json")
        }
    }

    private static func decoded(_ text: String) -> String {
        let bytes = text.split(separator: "%", omittingEmptySubsequences: false).enumerated().flatMap { index, part -> [UInt8] in
            index == 0 ? Array(part.utf8) : [UInt8(part.prefix(2), radix: 16) ?? 0] + Array(part.dropFirst(2).utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // 10
    @Test(arguments: [(401, "permission denied - invalid PVE ticket"), (403, "Permission check failed (/vms/8000, VM.Clone)")])
    func aRefusalMidRunIsNotRepeated(_ status: Int, _ message: String) async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(claims: claims)
        try await fake.fault("POST", "/clone$", "reply", ["status": .int(status), "message": .string(message), "times": 9])
        let error = await #expect(throws: InfrastructureError.self) { try await platform.create(try resource(platform), for: cell) }
        #expect(error?.isTransient == false)
        #expect(try await fake.requests("POST", "/clone").count == 1)
        if status == 403 { #expect(error?.next?.contains("/vms/8000, VM.Clone") == true) }
        try await fake.clearFaults()
        // What was made before is still taken down.
        let made = try await platform.create(try resource(platform), for: cell)
        try await fake.fault("POST", "/start$", "reply", ["status": .int(status), "message": .string(message), "times": 9])
        await #expect(throws: InfrastructureError.self) { try await platform.ready(made, for: cell) { _ in } }
        #expect(try await fake.requests("POST", "/start").count == 1)
        try await platform.destroy(made)
        try await expectNothing(fake, claims)
    }

    // 11
    @Test(arguments: ["POST /clone$", "POST /start$"]) func aDroppedConnectionMidWay(_ where: String) async throws {
        let parts = `where`.split(separator: " ").map(String.init)
        try await survive { try await $0.fault(parts[0], parts[1], "lost") }
    }

    // 11
    @Test(arguments: ["POST /stop$", "DELETE /qemu/20[0-9]*$"]) func aDroppedConnectionWhileItGoes(_ where: String) async throws {
        let parts = `where`.split(separator: " ").map(String.init)
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(claims: claims)
        let made = try await platform.create(try resource(platform), for: cell)
        _ = try await platform.ready(made, for: cell) { _ in }
        try await fake.fault(parts[0], parts[1], "lost")
        try await platform.destroy(made)
        try await expectNothing(fake, claims)
    }

    // 11: a signal cancels a create; the engine then asks what remains.
    @Test(arguments: [0, 20, 60, 150]) func aCancelledCreateLeavesNothing(_ milliseconds: Int) async throws {
        let fake = try await FakeProxmox(timeScale: 0.05)
        let claims = MemoryClaims()
        let platform = try fake.platform(claims: claims)
        let wanted = try resource(platform)
        let task = Task { [cell] in try await platform.create(wanted, for: cell) }
        try await Task.sleep(for: .milliseconds(milliseconds))
        task.cancel()
        _ = try? await task.value
        for machine in try await platform.remaining(of: Fixtures.run) { try await platform.destroy(machine) }
        // A request that was on its way when the caller went may still arrive: the sweep at the end of the run finds it.
        try await Task.sleep(for: .milliseconds(300))
        let isEmpty = try await eventually {
            for machine in try await platform.remaining(of: Fixtures.run) { try await platform.destroy(machine) }
            return try await (fake.machines().count, fake.runningTasks()) == (0, 0)
        }
        #expect(isEmpty)
        try await expectEmpty(fake)
    }

    // 12
    @Test(arguments: ["quorum", "595", "596", "599", "html"]) func troubleDuringCleanup(_ trouble: String) async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(claims: claims)
        let made = try await platform.create(try resource(platform), for: cell)
        _ = try await platform.ready(made, for: cell) { _ in }
        switch trouble {
        case "quorum":
            try await fake.fault(
                "DELETE", "/qemu/[0-9]+$", "reply", ["status": 500, "message": "cluster not ready - no quorum?", "times": 2])
        case "html":
            try await fake.fault("(POST|DELETE|GET)", ".", "reply", ["status": 503, "message": "Service Unavailable", "html": true])
        default:
            try await fake.fault(
                "DELETE", "/qemu/[0-9]+$", "reply",
                ["status": .int(Int(trouble) ?? 0), "message": "No route to host", "times": trouble == "596" ? 1 : 2])
        }
        try await platform.destroy(made)
        try await expectNothing(fake, claims)
    }

    // 12
    @Test func quorumThatStaysLostIsALeakThatCanBeRepeated() async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(claims: claims)
        let made = try await platform.create(try resource(platform), for: cell)
        try await fake.scenario("lose_quorum")
        let error = await #expect(throws: InfrastructureError.self) { try await platform.destroy(made) }
        #expect(error?.isTransient == true && error?.why.contains("no quorum") == true)
        try await fake.scenario("regain_quorum")
        try await platform.destroy(made)
        try await expectNothing(fake, claims)
    }
}
