import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixEngine

/// A cell's life by hand: one phase a process, and each knows what was done before.
@Suite struct StageTests {
    @Test func aCreatedCellIsLeftUpWithNothingElseDone() async throws {
        var fixture = Fixture()
        let result = await fixture.create()
        #expect(
            result.lines() == [
                "create/create/create: passed", "provision/provision/provision: skipped", "deploy/site/site: skipped",
                "verify/verify/service x: skipped",
                "destroy/destroy/destroy: skipped",
            ])
        #expect(result.find("site")?.message == "not run: not part of matrix create")
        #expect(result.find("destroy")?.message == "kept (matrix create)")
        #expect(result.exitStatus == .passed)
        #expect(fixture.platform.there.count == 2)
        #expect(try await fixture.ledger.open().allSatisfy { $0.state == .kept })
    }

    @Test func aCreateThatFailsLeavesNothing() async throws {
        var fixture = Fixture()
        fixture.platform.beforeReady { _ in throw InfrastructureError("boot", why: "kernel panic", isTransient: false) }
        let result = await fixture.create()
        #expect(result.exitStatus == .infrastructure)
        #expect(fixture.platform.there.isEmpty)
        #expect(try await fixture.ledger.open().isEmpty)
    }

    @Test func everyPhaseGoesOnWithTheSameHosts() async throws {
        var fixture = Fixture()
        _ = await fixture.create()
        for phase in [Phase.provision, .deploy, .verify] {
            let result = try await fixture.stage(phase)
            #expect(result.exitStatus == .passed, "\(phase)")
            #expect(result.cells[0].outcome == .passed)
        }
        #expect(fixture.platform.calls.count { $0.hasPrefix("create") } == 2, "one network and one host, once")
        #expect(!fixture.platform.calls.contains { $0.hasPrefix("destroy") })
        #expect(try await fixture.past(of: Fixture.cell()).map(\.phase) == [.create, .provision, .deploy, .verify, .finally])
    }

    /// A journal that is read from the start of the verify has no errors of the deploy.
    @Test func aLaterVerifyLooksBackToTheDeploy() async throws {
        let checker = WatchingChecker()
        var fixture = Fixture()
        fixture.checker = checker
        _ = await fixture.create()
        _ = try await fixture.stage(.deploy)
        let deployed = try #require(try await fixture.past(of: Fixture.cell()).first { $0.phase == .deploy })
        _ = try await fixture.stage(.verify)
        #expect(checker.deployStarts == [try #require(deployed.tries.last?.started)])
    }

    /// The system may have changed since the provision: an old answer must not carry today's date.
    @Test(arguments: [Phase.deploy, .verify]) func aLaterPhaseAsksForTheSystemAgain(_ phase: Phase) async throws {
        let asked = CallCounter()
        var fixture = Fixture()
        fixture.checker = ScriptedChecker(guards: ["os"]) { check, _ in
            guard check.name == "os" else { return .passed }
            return asked.next() == 1 ? .passed : .failed
        }
        _ = await fixture.create()
        _ = try await fixture.stage(.provision)
        let result = try await fixture.stage(phase)
        #expect(result.lines().filter { $0.hasPrefix("verify/verify/os") } == ["verify/verify/os: failed"])
        #expect(result.lines().contains("verify/verify/service x: skipped"))
        #expect(result.exitStatus == .failed)
    }

    @Test func theReportHoldsWhatEarlierProcessesFound() async throws {
        var fixture = Fixture()
        _ = await fixture.create()
        _ = try await fixture.stage(.deploy)
        let result = try await fixture.stage(.verify)
        #expect(
            result.lines() == [
                "create/create/create: passed", "provision/provision/provision: passed", "deploy/site/site: passed",
                "verify/verify/service x: passed",
                "destroy/destroy/destroy: skipped",
            ])
        #expect(result.cells[0].hosts.map(\.facts["os"]) == ["debian12"])
    }

    @Test func whatMustComeBeforeComesFirstAndOnlyOnce() async throws {
        let provisions = CallCounter()
        let deploys = CallCounter()
        var fixture = Fixture()
        fixture.provisioner = ScriptedProvisioner { _ in _ = provisions.next() }
        fixture.deployers = [
            ScriptedDeployer { step, _ in
                _ = deploys.next()
                return [ScriptedDeployer.result(step, .passed)]
            }
        ]
        _ = await fixture.create()
        _ = try await fixture.stage(.verify)
        _ = try await fixture.stage(.verify)
        #expect(provisions.next() == 2)
        #expect(deploys.next() == 2)
        _ = try await fixture.stage(.deploy)
        #expect(provisions.next() == 3, "not again for a deploy")
        #expect(deploys.next() == 4, "again, as it was asked for")
    }

    @Test func aFailedDeployIsVerifiedAsItIsAndDeployedAgainWhenAsked() async throws {
        let tries = CallCounter()
        var fixture = Fixture()
        fixture.deployers = [ScriptedDeployer { step, _ in [ScriptedDeployer.result(step, tries.next() == 1 ? .failed : .passed, "no")] }]
        _ = await fixture.create()
        #expect(try await fixture.stage(.deploy).exitStatus == .failed)
        let verified = try await fixture.stage(.verify)
        #expect(verified.find("service x")?.outcome == .passed)
        #expect(verified.exitStatus == .failed, "the deploy's verdict stands")
        #expect(try await fixture.stage(.deploy).exitStatus == .passed)
        #expect(
            try await fixture.past(of: Fixture.cell()).map(\.phase) == [.create, .provision, .deploy],
            "what was verified before counts no longer")
        #expect(try await fixture.stage(.verify).exitStatus == .passed)
    }

    @Test func aSignalLeavesTheCellUp() async throws {
        var fixture = Fixture()
        _ = await fixture.create()
        fixture.deployers = [
            ScriptedDeployer { [control = fixture.control] step, _ in
                control.stop(.signal(name: "SIGINT", exitStatus: .interrupted))
                try await Task.sleep(for: .seconds(60))
                return [ScriptedDeployer.result(step, .passed)]
            }
        ]
        let result = try await fixture.stage(.deploy)
        #expect(result.exitStatus == .interrupted)
        #expect(fixture.platform.there.count == 2)
        #expect(try await fixture.ledger.open().allSatisfy { $0.state == .kept })
    }

    @Test func aCellThatDoesNotAnswerIsAnErrorAndStaysUp() async throws {
        var fixture = Fixture()
        _ = await fixture.create()
        fixture.platform.beforeReady { _ in throw InfrastructureError("host", why: "no route", isTransient: false) }
        let result = try await fixture.stage(.provision)
        #expect(result.find("hosts")?.outcome == .error)
        #expect(result.exitStatus == .infrastructure)
        #expect(fixture.platform.there.count == 2)
    }

    @Test func theOtherCellsOfTheRunAreLeftAlone() async throws {
        var fixture = Fixture()
        let cells = [Fixture.cell("a"), Fixture.cell("b")]
        fixture.keep = .always
        _ = await fixture.run(Fixture.plan(cells))
        let result = try await fixture.stage(.deploy, cells[0])
        #expect(result.exitStatus == .passed)
        #expect(Set(fixture.platform.there.map(\.cell)) == ["a", "b"])
    }

    @Test func withoutTheLedgerNothingOfTheRunIsSwept() async throws {
        var fixture = Fixture()
        let cells = [Fixture.cell("a"), Fixture.cell("b")]
        fixture.keep = .always
        _ = await fixture.run(Fixture.plan(cells))
        fixture.starts = ["a": .of(.deploy, leases: try await fixture.leases(of: cells[0]), past: try await fixture.past(of: cells[0]))]
        await fixture.ledger.fail("open")
        let result = await fixture.run(Fixture.plan([cells[0]]))
        #expect(Set(fixture.platform.there.map(\.cell)) == ["a", "b"])
        #expect(result.warnings.contains { $0.message.contains("the cleanup check was skipped") })
    }

    @Test func hostsThatTheFileNoLongerHasAreSaid() async throws {
        var fixture = Fixture()
        _ = await fixture.create(Fixture.cell(hosts: 2))
        let result = try await fixture.stage(.provision, Fixture.cell(hosts: 3))
        #expect(result.find("hosts")?.message?.contains("its matrix file now has") == true)
        #expect(result.exitStatus == .infrastructure)
    }

    @Test func theFinallyStepsFollowAVerify() async throws {
        var fixture = Fixture()
        let cell = Fixture.cell(finally: [Fixture.step("logs")])
        _ = await fixture.create(cell)
        #expect(try await fixture.stage(.deploy, cell).find("logs")?.outcome == .skipped)
        #expect(try await fixture.stage(.verify, cell).find("logs")?.outcome == .passed)
    }
}
