import Foundation
import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixEngine

@Suite struct ClusterTests {
    private let lender = ScriptedPlatform("lender")

    private func fixture(_ cluster: ScriptedCluster) -> Fixture {
        var fixture = Fixture(lender)
        fixture.others = ["scripted": cluster]
        return fixture
    }

    @Test func aClusterStandsBetweenProvisionAndDeployAndGoesBeforeItsHosts() async throws {
        let cluster = ScriptedCluster(on: lender)
        var fixture = fixture(cluster)
        let seen = Mutex<[String?]>([])
        fixture.deployers = [
            ScriptedDeployer { step, context in
                let text = context.kubeconfig.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }
                let mode = try FileManager.default.attributesOfItem(atPath: context.kubeconfig ?? "")[.posixPermissions] as? Int
                seen.withLock {
                    $0 = [text, context.environment["KUBECONFIG"], context.scope["kubeconfig"], context.kubeconfig, mode.map { "\($0)" }]
                }
                return [ScriptedDeployer.result(step, .passed)]
            }
        ]
        let result = await fixture.run(Fixture.plan([Fixture.cell(hosts: 2)]))
        #expect(result.exitStatus == .passed)
        let values = seen.withLock { $0 }
        try #require(values.count == 5, "\(result.lines())")
        #expect(values[0] == "apiVersion: v1\n")
        #expect(values[1] != nil && values[1] == values[2] && values[2] == values[3])
        #expect(values[4] == "\(0o600)")
        #expect(result.lines().filter { $0.hasPrefix("provision/cluster") } == ["provision/cluster/cluster: passed"])
        #expect(result.cells[0].hosts[0].facts["k3s"] == "v1.31.5+k3s1")
        #expect(cluster.calls == ["assemble on 2", "destroy cluster, hosts there: 2"])
        let log = await fixture.ledger.log
        let made = try #require(log.firstIndex(of: "created cluster debian12-scripted"))
        #expect(try #require(log.firstIndex(of: "intended cluster debian12-scripted")) < made)
        #expect(
            try #require(log.firstIndex(of: "destroyed cluster debian12-scripted"))
                < (try #require(log.firstIndex(of: "destroyed host debian12-scripted"))))
        #expect(try await fixture.ledger.open().isEmpty)
    }

    @Test("a colon in the state folder's path splits no list of kubeconfigs")
    func colons() async throws {
        var fixture = fixture(ScriptedCluster(on: lender))
        fixture.folder += ":b"
        let seen = Mutex<[String]>([])
        fixture.deployers = [
            ScriptedDeployer { step, context in
                let listed = context.environment["KUBECONFIG"] ?? ""
                let text = try String(contentsOfFile: listed, encoding: .utf8)
                seen.withLock { $0 = [listed, context.scope["kubeconfig"] ?? "", text] }
                return [ScriptedDeployer.result(step, .passed)]
            }
        ]
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        let values = seen.withLock { $0 }
        try #require(result.exitStatus == .passed && values.count == 3, "\(result.lines())")
        #expect(!values[0].contains(":") && values[0] == values[1] && values[2] == "apiVersion: v1\n")
        #expect(!FileManager.default.fileExists(atPath: values[0]))
    }

    @Test func aClusterThatFailsIsTakenApartBeforeItIsTriedAgain() async throws {
        let tries = CallCounter()
        let cluster = ScriptedCluster(on: lender) { _ in
            if tries.next() == 1 { throw InfrastructureError("cluster", why: "the mirror is down") }
        }
        let result = await fixture(cluster).run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .passed)
        #expect(cluster.calls == ["assemble on 1", "destroy cluster, hosts there: 1", "assemble on 1", "destroy cluster, hosts there: 1"])
        #expect(result.find("cluster")?.attempts.map(\.message) == ["cluster: the mirror is down"])
    }

    @Test func aClusterThatDoesNotComeUpEndsTheCell() async throws {
        let cluster = ScriptedCluster(on: lender) { _ in throw InfrastructureError("cluster", why: "401 Unauthorized", isTransient: false) }
        let fixture = fixture(cluster)
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .infrastructure)
        #expect(result.find("cluster")?.outcome == .error)
        #expect(result.find("site")?.outcome == .skipped)
        #expect(result.find("site")?.message == "not run: the cluster did not come up")
        #expect(cluster.calls.last == "destroy cluster, hosts there: 1")
        #expect(try await fixture.ledger.open().isEmpty)
    }

    @Test func anInterruptionWhileItJoinsTakesEverythingDown() async throws {
        let (joining, control) = (Latch(), RunControl())
        let cluster = ScriptedCluster(on: lender) { _ in
            await joining.open()
            try await Task.sleep(for: .seconds(60))
        }
        var fixture = fixture(cluster)
        fixture.control = control
        async let result = fixture.run(Fixture.plan([Fixture.cell()]))
        await joining.wait()
        control.stop(.signal(name: "SIGINT", exitStatus: .interrupted))
        #expect(await result.find("cluster")?.outcome == .interrupted)
        #expect(cluster.calls == ["assemble on 1", "destroy cluster, hosts there: 1"])
        #expect(lender.there.isEmpty)
    }

    @Test func aFailedClusterIsKeptWithItsHosts() async throws {
        let cluster = ScriptedCluster(on: lender) { _ in throw InfrastructureError("cluster", why: "broken", isTransient: false) }
        var fixture = fixture(cluster)
        fixture.keep = .failed
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(Set(result.kept.map(\.kind)) == ["network", "host", "cluster"])
        #expect(cluster.calls == ["assemble on 1"])
    }

    @Test func withoutProvisionedHostsThereIsNoCluster() async throws {
        let cluster = ScriptedCluster(on: lender)
        var fixture = fixture(cluster)
        fixture.provisioner = ScriptedProvisioner { _ in throw InfrastructureError("apt", why: "no mirror", isTransient: false) }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.find("cluster")?.outcome == .skipped)
        #expect(cluster.calls.isEmpty)
    }

    @Test(arguments: [true, false]) func stepsAreUndoneOnHostsThatLiveOn(hostsLiveOn: Bool) async throws {
        let cluster = ScriptedCluster(on: lender, hostsLiveOn: hostsLiveOn)
        var fixture = fixture(cluster)
        let deployer = RevocableScript()
        fixture.deployers = [deployer]
        let steps = ["first", "second", "third"].map { Fixture.step($0, skipped: $0 == "second" ? "not here" : nil) }
        let result = await fixture.run(Fixture.plan([Fixture.cell(deploy: steps)]))
        #expect(deployer.withdrawn == (hostsLiveOn ? ["third", "first"] : []))
        #expect(result.find("first taken back")?.outcome == (hostsLiveOn ? .error : nil))
        #expect(cluster.calls.last == "destroy cluster, hosts there: 1")
    }
}

/// Steps that pass; taking the first one back fails.
private final class RevocableScript: RevocableDeployer {
    let declaration = Declaration(kind: "scripted", subject: .any, summary: "does nothing", example: "scripted: {}")
    private let steps = Mutex<[String]>([])
    var withdrawn: [String] { steps.withLock { $0 } }

    func deploy(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws -> [CaseResult]
    {
        [ScriptedDeployer.result(step, .passed)]
    }

    func withdraw(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws {
        steps.withLock { $0.append(step.name) }
        if step.name == "first" { throw InfrastructureError("first", why: "a finalizer", isTransient: false) }
    }
}
