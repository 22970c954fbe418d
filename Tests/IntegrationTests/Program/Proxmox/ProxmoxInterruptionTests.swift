import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// Signals, lost connections and what may be left, as the whole program answers them.
@Suite(.requires(.programs, .podman, .fakepve, .sshd, .qemuImages, .root)) struct ProxmoxInterruptionTests {
    /// A task of the server in which the run is disturbed, and the word by which it is made slow.
    enum Moment: String, CaseIterable {
        case clone
        case start
        case destroy
    }

    private func bench(_ transport: ProxmoxBench.Transport, slow moment: Moment? = nil) async throws -> ProxmoxBench {
        let bench = try await ProxmoxBench(templates: [ProxmoxBench.mute])
        try bench.writeShort(transport)
        if let moment { try await bench.fake.scenario("pace", [moment.rawValue: 60]) }
        return bench
    }

    private func expectClean(_ bench: ProxmoxBench) async throws {
        try await bench.expectNothing()
        #expect(try await bench.run("status").output == "nothing is up and nothing is left behind\n")
    }

    @Test(arguments: ProxmoxBench.Transport.allCases, Moment.allCases)
    func aSignalTakesEverythingDown(_ transport: ProxmoxBench.Transport, _ moment: Moment) async throws {
        let bench = try await bench(transport, slow: moment)
        let process = try bench.start("run", "\(transport)/short.yml", "--format", "plain", "--reports", "reports")
        try await bench.waitForTask("qm\(moment)")
        process.send(SIGTERM)
        let ending = try await process.ending()
        #expect(ending.status == 143, "\(ending.errors)")
        #expect(try Report(bench.project).result.leaks.isEmpty)
        try await expectClean(bench)
    }

    /// The task continues on the server. The run sees its end over a new connection, and creates nothing twice.
    @Test(arguments: Moment.allCases) func aDroppedConnectionIsMadeAgain(_ moment: Moment) async throws {
        let bench = try await bench(.ssh, slow: moment)
        let process = try bench.start("run", "ssh/short.yml", "--format", "plain", "--reports", "reports")
        try await bench.waitForTask("qm\(moment)")
        bench.node.killConnections()
        let ending = try await process.ending()
        #expect(ending.status == 3, "\(ending.errors)")
        let result = try Report(bench.project).result
        // It came as far as a machine without an agent comes.
        #expect(
            result.cells[0].cases.contains { $0.message?.contains("no address for VM") == true },
            "\(result.cells[0].cases.compactMap(\.message))")
        #expect(result.leaks.isEmpty)
        guard case .list(let tasks) = try await bench.fake.state()["tasks"] else { return #expect(Bool(false)) }
        #expect(tasks.count { $0.json.contains("\"qmclone\"") } == 1)
        try await expectClean(bench)
    }

    @Test func aSignalDuringATemplateBuildRemovesItsMachine() async throws {
        let bench = try await ProxmoxBench(timeScale: 0.4)
        try await bench.fake.scenario("pace", ["create": 20])
        let process = try bench.start("template", "build", "--os", "debian12", "--platform", "api/platforms/proxmox.yml")
        try await bench.waitForTask("qmcreate")
        process.send(SIGTERM)
        let ending = try await process.ending()
        #expect(ending.status == 143, "\(ending.errors)")
        try await bench.expectNothing()
        #expect(try await bench.fake.state()["machines"] == [])
    }

    /// No token may release a dead lock through the API: the run reports the leak and how to remove it, and that works.
    @Test func aDeadCloneIsAListedLeakAndStatusFour() async throws {
        let bench = try await bench(.api)
        try await bench.fake.fault("POST", "/clone$", "killed")
        let ending = try await bench.run("run", "api/short.yml", "--format", "plain", "--reports", "reports")
        #expect(ending.status == 4, "\(ending.errors)")
        let leak = try #require(try Report(bench.project).result.leaks.first)
        let command = try #require(leak.why.firstMatch(of: /run on pve1: (qm unlock [0-9]+)/)).output.1
        #expect(ending.output.contains(leak.resource.name))
        #expect(try await bench.run("status").output.contains(leak.resource.name))
        #expect(try await bench.run("reap", "--yes").status == 4)
        let typed = try Shell.run(
            "ssh", "-i", bench.node.keyFile, "-p", "\(bench.node.port)", "-o", "StrictHostKeyChecking=no", "-o",
            "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
            "\(bench.node.user)@127.0.0.1", String(command))
        #expect(typed.status == 0)
        let reap = try await bench.run("reap", "--yes")
        #expect(reap.status == 0, "\(reap.output) \(reap.errors)")
        try await expectClean(bench)
    }

    @Test func aVolumeThatStaysIsAListedLeakAndStatusFour() async throws {
        let bench = try await bench(.api)
        try await bench.fake.fault("DELETE", "/qemu/[0-9]+$", "warnings", ["volume": "local-lvm:vm-VMID-disk-0"])
        try await bench.fake.fault(
            "DELETE", "/content/", "reply",
            ["status": 403, "message": "Permission check failed (/storage/local-lvm, Datastore.Allocate)", "times": 99])
        let ending = try await bench.run("run", "api/short.yml", "--format", "plain", "--reports", "reports")
        #expect(ending.status == 4, "\(ending.errors)")
        let leak = try #require(try Report(bench.project).result.leaks.first)
        #expect(leak.why.contains("pvesm free local-lvm:vm-\(leak.resource.id)-disk-0"))
        #expect(leak.command.hasPrefix("matrix reap --run "))
        try await bench.fake.clearFaults()
        let reap = try await bench.run("reap", "--yes")
        #expect(reap.status == 0, "\(reap.output) \(reap.errors)")
        try await expectClean(bench)
    }
}
