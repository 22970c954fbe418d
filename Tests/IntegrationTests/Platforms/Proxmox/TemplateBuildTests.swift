import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Templates against fakepve: built once, listed, verified by booting a clone, pruned.
@Suite(.requires(.fakepve, .qemuImages, .python)) struct TemplateBuildTests {
    private struct Bench {
        let fake: FakeProxmox
        let templates: ProxmoxTemplates
        let systems: [OperatingSystem]

        init(
            _ changes: [String: Value] = [:], options: [String: Value] = [:],
            systems: [OperatingSystem] = [Fixtures.rocky9, Fixtures.debian12], timeScale: Double = 0.02,
            claims: (any ClaimBook)? = nil, guests: [Value] = []
        ) async throws {
            let fake = try await FakeProxmox(guests: guests, options: options, timeScale: timeScale)
            self.fake = fake
            self.systems = try systems.map { try Self.offline($0, in: "\(fake.folder)/sums-\($0.name)") }
            templates = try Self.templates(on: fake, changes, state: fake.folder, claims: claims)
        }

        /// What builds on a node from a state folder.
        static func templates(
            on fake: FakeProxmox, _ changes: [String: Value] = [:], state: String, claims: (any ClaimBook)? = nil
        ) throws -> ProxmoxTemplates {
            let context = Fixtures.context(
                secrets: ["token.secret": FakeProxmox.tokenSecret], state: state, connector: FixedConnector(NodeTransport(fake)),
                claims: claims)
            let read = try SettingsReader.read(fake.settings(changes.merging(["templates": "auto"]) { old, _ in old }).options)
            return ProxmoxTemplates(
                settings: read, connection: try ProxmoxDriver.connection(read, in: context, pace: Fixtures.pace), context: context)
        }

        /// The same system with its checksums on disk.
        static func offline(_ os: OperatingSystem, in path: String, digits: String = String(repeating: "ab", count: 32)) throws
            -> OperatingSystem
        {
            var os = os
            let file = os.imageURL?.split(separator: "/").last ?? ""
            try "# a comment\nSHA256 (other.qcow2) = 00\nSHA256 (\(file)) = \(digits)\n".write(
                toFile: path, atomically: true, encoding: .utf8)
            os.checksumURL = "file://\(path)"
            return os
        }

        func all(
            _ options: TemplateBuildOptions = TemplateBuildOptions(), _ progress: @escaping @Sendable (TemplateProgress) -> Void = { _ in }
        ) async -> [TemplateOutcome] {
            await templates.buildAll(systems, options: options, progress: progress)
        }

        func machines() async throws -> [Value] {
            guard case .list(let all) = try await fake.state()["machines"] else { return [] }
            return all
        }
    }

    private func vmids(_ outcomes: [TemplateOutcome]) -> [Int?] {
        outcomes.map { if case .built(let template, _) = $0 { template.vmid } else { nil } }
    }

    @Test(arguments: [[:], MachineLifeTests.ssh])
    func allAreBuiltAndTheSecondTimeNothingIsDone(_ changes: [String: Value]) async throws {
        // So slow that the middle of the download is seen.
        let bench = try await Bench(changes, timeScale: changes.isEmpty ? 0.2 : 0.02)
        let recorder = Recorder()
        let first = await bench.all { recorder.add($0.description) }
        // 7000 and 7001 are SOLTI's.
        #expect(vmids(first) == [7002, 8000])
        #expect(!changes.isEmpty || recorder.texts.contains("rocky9: downloading on pve1: 50% at 84.5M/s"), "\(recorder.texts)")
        let rocky = try #require(try await bench.machines().first { $0["vmid"] == 7002 })
        let config = try #require(rocky["config"])
        #expect(rocky["template"] == true && rocky["name"] == "rocky9-template")
        #expect(config["virtio0"]?.text.contains("size=8G") == true && config["virtio0"]?.text.contains("discard=on") == true)
        #expect(config["scsi1"]?.text.contains("cloudinit") == true && config["efidisk0"]?.text.contains("efitype=4m") == true)
        #expect(
            config["cpu"] == "host" && config["machine"] == "q35" && config["bios"] == "ovmf" && config["vga"] == "serial0"
                && config["boot"] == "order=virtio0")
        let writes = try await bench.fake.requests("POST", "").count + bench.fake.requests("PUT", "").count
        let second = await bench.all()
        #expect(second.allSatisfy { if case .unchanged = $0 { true } else { false } })
        if changes.isEmpty {
            let after = try await bench.fake.requests("POST", "").count + bench.fake.requests("PUT", "").count
            #expect(after == writes)
        }
        let listed = try await bench.templates.list(bench.systems)
        #expect(listed.map(\.vmid) == [7002, 8000] && listed.allSatisfy { $0.isOurs && $0.checksum?.hasPrefix("sha256:abab") == true })
    }

    @Test func aNewImageIsBuiltBesideTheOldOneAndPruned() async throws {
        let bench = try await Bench(systems: [Fixtures.debian12])
        _ = await bench.all()
        let renewed = [try Bench.offline(bench.systems[0], in: "\(bench.fake.folder)/renewed", digits: String(repeating: "cd", count: 32))]
        #expect(vmids(await bench.templates.buildAll(renewed) { _ in }) == [8001])
        #expect(try await bench.templates.list(renewed).map(\.vmid) == [8001, 8000])
        try await bench.fake.scenario("protect", ["vmid": 8000])
        #expect(
            try await pruned(bench, renewed, images: false) == [
                .kept("template debian12-template (8000)", why: "somebody has protected it; on pve1: qm set 8000 --protection 0")
            ])
        try await bench.fake.setMachine(["vmid": 8000, "config": ["protection": 0]])
        let removed = try await pruned(bench, renewed, images: true)
        #expect(removed.first == .removed("template debian12-template (8000)"))
        #expect(
            removed.contains {
                if case .removed(let what) = $0 { what.hasPrefix("image local:import/matrix-debian12-abab") } else { false }
            })
        #expect(try await bench.templates.list(renewed).map(\.vmid) == [8001])
        #expect(vmids(await bench.templates.buildAll(renewed, options: TemplateBuildOptions(rebuild: true)) { _ in }) == [8002])
        #expect(try await bench.templates.destroy(renewed).count == 2)
        #expect(try await bench.machines() == [])
    }

    private func pruned(_ bench: Bench, _ systems: [OperatingSystem], images: Bool) async throws -> [ProxmoxTemplates.Pruned] {
        let told = Mutex<[ProxmoxTemplates.Pruned]>([])
        try await bench.templates.prune(systems, images: images) { item in told.withLock { $0.append(item) } }
        return told.withLock { $0 }
    }

    /// An image that may not be removed ends it with an error, and what was removed before is told.
    @Test func whatPruneHasDoneIsToldIfItFails() async throws {
        let bench = try await Bench(systems: [Fixtures.debian12])
        _ = await bench.all()
        let renewed = [try Bench.offline(bench.systems[0], in: "\(bench.fake.folder)/renewed", digits: String(repeating: "cd", count: 32))]
        _ = await bench.templates.buildAll(renewed) { _ in }
        try await bench.fake.fault(
            "DELETE", "/content/", "reply", ["status": 403, "message": "Permission check failed (Datastore.Allocate)"])
        let told = Mutex<[ProxmoxTemplates.Pruned]>([])
        let error = await #expect(throws: InfrastructureError.self) {
            try await bench.templates.prune(renewed, images: true) { item in told.withLock { $0.append(item) } }
        }
        #expect(error?.why.contains("Datastore.Allocate") == true)
        #expect(told.withLock { $0.first } == .removed("template debian12-template (8000)"))
    }

    /// SOLTI's scripts look for the highest number in their range, for every system: a build goes there only if it is meant.
    @Test func theSharedRangeIsUsedOnlyIfItIsNamed() async throws {
        var other = Fixtures.debian12
        other.templateIDs = nil
        let bench = try await Bench(systems: [other])
        #expect(vmids(await bench.all()) == [14000])
        var wide = bench.systems[0]
        wide.templateIDs = "8999-9500"
        #expect(vmids(await bench.templates.buildAll([wide], options: TemplateBuildOptions(rebuild: true)) { _ in }) == [8999])
        #expect(vmids(await bench.templates.buildAll([wide], options: TemplateBuildOptions(rebuild: true)) { _ in }) == [nil])
        wide.templateIDs = "9000-9999"
        let rocky = FakeProxmox.template(9005, "rocky9-template", "cloudinit;rocky-template;rocky9")
        let shared = try await Bench(systems: [wide], guests: [rocky])
        let outcomes = await shared.templates.buildAll(shared.systems) { _ in }
        #expect(vmids(outcomes) == [9006])
        guard case .built(_, let warning?) = outcomes[0] else { return #expect(Bool(false), "\(outcomes)") }
        #expect(warning.contains("9000-9999 also has templates of other systems: rocky9-template (9005)"))
    }

    /// `matrix` and the server's worker were killed: the machine has neither name nor notes, and a lock that no token may remove.
    @Test(arguments: [true, false]) func aBuildThatDiedWithItsServersWorkerIsKnownByItsClaim(_ hasShell: Bool) async throws {
        let changes: [String: Value] = hasShell ? ["ssh": ["host": "pve1"]] : [:]
        let claims = MemoryClaims()
        let bench = try await Bench(changes, systems: [Fixtures.debian12], claims: claims)
        try await bench.fake.fault("POST", "/qemu$", "killed")
        let outcomes = await bench.all()
        guard case .failed(_, _, true) = outcomes[0] else { return #expect(Bool(false), "\(outcomes)") }
        // The builder lives: nobody else may think it dead.
        #expect(try await bench.fake.platform(changes, claims: claims).owned() == [])
        await claims.die()
        let platform = try bench.fake.platform(changes, claims: claims)
        let dead = try #require(try await platform.owned().first)
        #expect(dead.kind == "template" && dead.id == "8000" && dead.name == "debian12-template")
        #expect(try #require(dead.expires) <= .now)
        if !hasShell {
            let error = await #expect(throws: InfrastructureError.self) { try await platform.destroy(dead) }
            #expect(error?.why.contains("qm unlock 8000") == true)
            try await bench.fake.scenario("unlock", ["vmid": 8000])
        }
        try await platform.destroy(dead)
        #expect(try await bench.machines() == [])
        #expect(try await bench.fake.state()["volumes"]?.elements.contains { $0.text.contains("vm-8000-") } == false)
        #expect(await claims.claims == [:])
    }

    /// It does not keep a new template from being built.
    @Test func theNextBuildTriesToRemoveADeadCreate() async throws {
        let claims = MemoryClaims()
        let bench = try await Bench(systems: [Fixtures.debian12], claims: claims)
        try await bench.fake.fault("POST", "/qemu$", "killed")
        _ = await bench.all()
        await claims.die()
        let recorder = Recorder()
        let next = try Bench.templates(on: bench.fake, state: bench.fake.folder, claims: claims)
        #expect(vmids(await next.buildAll(bench.systems) { recorder.add($0.description) }) == [8001])
        #expect(recorder.texts.contains { $0.contains("removing VM 8000 of an unfinished build") })
        #expect(recorder.texts.contains { $0.contains("qm unlock 8000") })
    }

    @Test func aFailedBuildLeavesNoMachineButItsLogAndImage() async throws {
        let bench = try await Bench(systems: [Fixtures.debian12])
        try await bench.fake.fault("POST", "/template$", "ignored")
        let outcomes = await bench.all()
        guard case .failed(_, let message, _) = outcomes[0] else { return #expect(Bool(false), "\(outcomes)") }
        #expect(message.contains("it was not converted to a template"))
        #expect(try await bench.machines() == [])
        let logs = try FileManager.default.contentsOfDirectory(atPath: "\(bench.fake.folder)/proxmox/logs")
        let log = try String(contentsOfFile: "\(bench.fake.folder)/proxmox/logs/\(try #require(logs.first))", encoding: .utf8)
        #expect(log.contains("downloading https://cloud.debian.org") && log.contains("failed: "))
        try await bench.fake.fault("POST", "/template$", "ignored")
        _ = await bench.all(TemplateBuildOptions(keepFailed: true))
        #expect(try await bench.machines().count == 1)
        #expect(try await bench.fake.requests("POST", "/download-url").count == 1)
    }

    /// A kept failed build leaves what a killed process leaves: a machine that is no template.
    private func benchWithHalfATemplate() async throws -> Bench {
        let bench = try await Bench(systems: [Fixtures.debian12])
        try await bench.fake.fault("POST", "/template$", "ignored")
        _ = await bench.all(TemplateBuildOptions(keepFailed: true))
        try #require(try await bench.machines().map { $0["vmid"] } == [8000])
        return bench
    }

    @Test func aBuildThatNeverEndedIsListedAndCanBeReaped() async throws {
        let bench = try await benchWithHalfATemplate()
        let platform = try bench.fake.platform()
        let listed = try #require(try await platform.owned().first)
        #expect(listed.kind == "template" && listed.name == "debian12-template" && listed.id == "8000" && listed.run.began != nil)
        #expect(try #require(listed.expires).seconds(since: .now) > 3600)
        try await platform.destroy(listed)
        #expect(try await bench.machines() == [])
    }

    @Test func aFinishedTemplateAndItsClonesAreNobodysUnfinishedBuild() async throws {
        let bench = try await Bench(systems: [Fixtures.debian12])
        _ = await bench.all()
        // As a user would: the template's notes and tags under another name.
        let clone = ProxmoxRequest(.create, ["nodes", "pve1", "qemu", "8000", "clone"], ["newid": 500, "name": "a-users-own"])
        try await bench.fake.platform().connection.client.change(clone)
        #expect(try await bench.machines().count == 2)
        #expect(try await bench.fake.platform().owned() == [])
        #expect(await bench.all(TemplateBuildOptions(rebuild: true)).count == 1)
        #expect(try await bench.machines().count == 3)
    }

    @Test func theNextBuildTakesAwayWhatADeadOneLeft() async throws {
        let bench = try await benchWithHalfATemplate()
        let recorder = Recorder()
        #expect(vmids(await bench.all { recorder.add($0.description) }) == [8000])
        #expect(recorder.texts.contains { $0.contains("removing VM 8000 of an unfinished build") }, "\(recorder.texts)")
        #expect(try await bench.machines().map { $0["template"] } == [true])
    }

    @Test func aBuildOfAnotherStateFolderIsWaitedFor() async throws {
        let bench = try await benchWithHalfATemplate()
        let elsewhere = try Bench.templates(on: bench.fake, state: try Fixtures.temporaryFolder())
        let recorder = Recorder()
        async let outcomes = elsewhere.buildAll(bench.systems) { recorder.add($0.description) }
        #expect(await eventually { recorder.texts.contains { $0.contains("waiting for VM 8000") } })
        #expect(try await bench.machines().count == 1)
        let platform = try bench.fake.platform()
        for resource in try await platform.owned() { try await platform.destroy(resource) }
        #expect(vmids(await outcomes) == [8000])
    }

    @Test func cellsOfASystemWaitForOneBuild() async throws {
        let bench = try await Bench(systems: [Fixtures.debian12])
        let platform = try bench.fake.platform(["templates": "auto"])
        let cell = Fixtures.cell(bench.systems[0])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { try await platform.prepare(cell) { _ in } } }
            try await group.waitForAll()
        }
        #expect(try await bench.machines().count == 1)
        #expect(await platform.preflight([cell]).map(\.message) == [])
    }

    @Test func verifyBootsACloneAndRemovesIt() async throws {
        let bench = try await Bench(systems: [Fixtures.debian12])
        _ = await bench.all()
        #expect(try await bench.templates.verify(bench.systems[0], boot: true) { _ in }.vmid == 8000)
        #expect(try await bench.machines().map { $0["vmid"] } == [8000])
        #expect(try await bench.fake.requests("POST", "/clone").count == 1)
    }

    /// A node with fewer cores would refuse to start it.
    @Test func verifyBootsACloneWithTheCoresThatTheNodeHas() async throws {
        let bench = try await Bench(["template_build": ["cores": 16]], systems: [Fixtures.debian12])
        _ = await bench.all()
        #expect(try await bench.templates.verify(bench.systems[0], boot: true) { _ in }.vmid == 8000)
    }

    /// What `qm importdisk` would take without a word.
    @Test(arguments: [("raw", [], "its format is raw"), ("qcow2", ["-b", "/dev/null", "-F", "raw"], "it has the backing file /dev/null")])
    func aRawOrPartialImageIsRefused(_ format: String, _ options: [String], _ message: String) async throws {
        let folder = try Fixtures.temporaryFolder()
        let image = "\(folder)/image.qcow2"
        try #require(try await ServerProcess.run(["qemu-img", "create", "-q", "-f", format] + options + [image, "3G"]).0 == 0)
        let shell = NodeShell(
            ProxmoxSettings.Shell(host: "pve1", port: 22, user: "root", sudo: false, key: "/k", knownHosts: "/h"),
            connector: FixedConnector(LocalTransport()))
        let error = await #expect(throws: InfrastructureError.self) { try await ImageCheck(shell: shell).check(image, disk: 8 << 30) }
        #expect(error?.why.contains(message) == true, "\(error?.why ?? "")")
    }

    @Test func aDiskThatWouldHaveToShrinkIsRefused() async throws {
        let image = "\(try Fixtures.temporaryFolder())/image.qcow2"
        try #require(try await ServerProcess.run(["qemu-img", "create", "-q", "-f", "qcow2", image, "10G"]).0 == 0)
        let shell = NodeShell(
            ProxmoxSettings.Shell(host: "pve1", port: 22, user: "root", sudo: false, key: "/k", knownHosts: "/h"),
            connector: FixedConnector(LocalTransport()))
        let error = await #expect(throws: InfrastructureError.self) { try await ImageCheck(shell: shell).check(image, disk: 8 << 30) }
        #expect(
            error?.why.contains("10.0 GiB, the template's only 8.0 GiB") == true && error?.next?.contains("template_build.disk") == true)
        try await ImageCheck(shell: shell).check(image, disk: 10 << 30)
    }

    /// Before 8.4 no path imports a disk: the image comes here, resumed after a break, and goes to the node's `qm`.
    @Test func olderServersImportBySSHFromTheCache() async throws {
        let folder = try Fixtures.temporaryFolder()
        try #require(try await ServerProcess.run(["qemu-img", "create", "-q", "-f", "qcow2", "\(folder)/image.qcow2", "3G"]).0 == 0)
        let digits =
            try await ServerProcess.run(["sha512sum", "\(folder)/image.qcow2"]).1.split(separator: " ").first.map(String.init) ?? ""
        try "\(digits)  image.qcow2\n".write(toFile: "\(folder)/SHA512SUMS", atomically: true, encoding: .utf8)
        let server = try ServerProcess("python3", ["\(FakeProxmox.fixtures)/image_server.py", "\(folder)/image.qcow2"])
        var os = Fixtures.debian12
        os.imageURL = "http://127.0.0.1:\(Value(json: try await server.firstLine())?["port"]?.text ?? "")/image.qcow2"
        os.checksumURL = "file://\(folder)/SHA512SUMS"
        let bench = try await Bench(
            ["transport": "ssh", "ssh": ["host": "pve1"], "token": .null], options: ["version": "8.2.4"], systems: [])
        let recorder = Recorder()
        #expect(vmids(await bench.templates.buildAll([os]) { recorder.add($0.description) }) == [8000])
        #expect(server.printed.count == 3 && server.printed.last?.contains(#""range": "bytes="#) == true, "\(server.printed)")
        let size = ByteSize.brief(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/image.qcow2")).count)
        #expect(recorder.texts.contains { $0.contains("debian12: downloading \(size) of \(size) at ") }, "\(recorder.texts)")
        #expect(try await bench.machines().first?["config"]?["virtio0"]?.text.contains("size=8G") == true)
        #expect(vmids(await bench.templates.buildAll([os], options: TemplateBuildOptions(rebuild: true)) { _ in }) == [8001])
        #expect(server.printed.count == 3)
    }
}
