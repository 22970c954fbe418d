import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixEngine

/// Nothing is left behind, or it is listed and the exit status is 4.
@Suite struct TeardownTests {
    @Test(arguments: ["create", "ready", "provision", "deploy", "verify", "finally", "destroy"])
    func aSignalInAnyPhaseTakesEverythingDown(phase: String) async throws {
        var fixture = Fixture()
        let control = fixture.control
        let stop: @Sendable (String) -> Void = { now in
            if now == phase { control.stop(.signal(name: "SIGINT", exitStatus: .interrupted)) }
        }
        fixture.platform.afterCreate { resource in if resource.host != nil { stop("create") } }
        fixture.platform.beforeReady { _ in
            stop("ready")
            try await Task.sleep(for: .milliseconds(10))
        }
        fixture.platform.beforeDestroy { _ in stop("destroy") }
        fixture.provisioner = ScriptedProvisioner { _ in
            stop("provision")
            try await Task.sleep(for: .milliseconds(10))
        }
        fixture.deployers = [
            ScriptedDeployer { step, _ in
                stop(step.name == "logs" ? "finally" : "deploy")
                try await Task.sleep(for: .milliseconds(10))
                return [ScriptedDeployer.result(step, .passed)]
            }
        ]
        fixture.checker = ScriptedChecker { _, _ in
            stop("verify")
            try await Task.sleep(for: .milliseconds(10))
            return .passed
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell(finally: [Fixture.step("logs")])]))
        #expect(result.exitStatus == .interrupted)
        #expect(result.interrupted)
        #expect(fixture.platform.there.isEmpty)
        #expect(try await fixture.ledger.open().isEmpty)
        if phase != "destroy" {
            #expect(result.cells[0].outcome == .interrupted)
            #expect(result.cells[0].cases.contains { $0.type == "matrix.interrupted" })
        }
    }

    @Test func cellsThatHadNotBegunAreInterruptedToo() async {
        let fixture = Fixture()
        fixture.platform.beforeReady { [control = fixture.control] _ in
            control.stop(.signal(name: "SIGTERM", exitStatus: .terminated))
            try await Task.sleep(for: .seconds(60))
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell("a"), Fixture.cell("b")], limits: Limits(parallel: 1)))
        #expect(result.exitStatus == .terminated)
        #expect(result.cells.map(\.outcome) == [.interrupted, .interrupted])
        #expect(result.find("create", 1)?.message == "not started: SIGTERM")
        #expect(fixture.platform.there.isEmpty)
    }

    @Test func failFastStopsTheOthersAndKeepsTheVerdictsStatus() async {
        var fixture = Fixture()
        fixture.failFast = true
        fixture.deployers = [
            ScriptedDeployer { step, context in
                if context.cell.name == "bad" { return [ScriptedDeployer.result(step, .failed, "no")] }
                try await Task.sleep(for: .seconds(60))
                return [ScriptedDeployer.result(step, .passed)]
            }
        ]
        let logs = [StepPlan(name: "logs", kind: "logs", options: Fixture.step("logs").options)]
        fixture.deployers.append(ScriptedDeployer("logs") { step, _ in [ScriptedDeployer.result(step, .passed)] })
        let result = await fixture.run(Fixture.plan([Fixture.cell("bad", finally: logs), Fixture.cell("good", finally: logs)]))
        #expect(result.cells.map(\.outcome) == [.failed, .interrupted])
        #expect(result.find("logs")?.outcome == .passed, "the cell that failed is not stopped itself")
        #expect(result.exitStatus == .failed)
        #expect(!result.interrupted)
        #expect(fixture.platform.there.isEmpty)
    }

    @Test func failFastStopsTheOthersIfACellCannotBeCreated() async {
        var fixture = Fixture()
        fixture.failFast = true
        fixture.platform.beforeCreate { resource in
            if resource.cell == "bad" { throw InfrastructureError("quota", why: "used up", isTransient: false) }
        }
        fixture.deployers = [
            ScriptedDeployer { step, _ in
                try await Task.sleep(for: .seconds(60))
                return [ScriptedDeployer.result(step, .passed)]
            }
        ]
        let result = await fixture.run(Fixture.plan([Fixture.cell("bad"), Fixture.cell("good")]))
        #expect(result.cells.map(\.outcome) == [.error, .interrupted])
        #expect(result.exitStatus == .infrastructure)
    }

    @Test func whatTheSweepPutsRightIsNoError() async throws {
        let fixture = Fixture()
        let tries = CallCounter()
        fixture.platform.beforeDestroy { resource in
            if resource.host != nil, tries.next() == 1 { throw InfrastructureError("rm", why: "busy", isTransient: false) }
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .passed)
        #expect(result.find("destroy")?.outcome == .passed)
        #expect(result.find("destroy")?.attempts.count == 1)
        let leaked = fixture.events.events.filter { if case .resourceLeaked = $0.kind { true } else { false } }
        #expect(leaked.isEmpty)
    }

    @Test func aCellThatTheLedgerCannotKeepIsTakenDown() async {
        var fixture = Fixture()
        fixture.keep = .always
        await fixture.ledger.fail("keep")
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.kept.isEmpty)
        #expect(fixture.platform.there.isEmpty)
    }

    @Test func connectionsOfACreateThatFailedAreClosed() async {
        var fixture = Fixture()
        let transports = Transports()
        fixture.connector = TransportKeeper(transports: transports)
        fixture.platform.beforeReady { resource in
            guard resource.host?.hasSuffix("2") == true else { return }
            while await transports.all.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            throw InfrastructureError("boot", why: "kernel panic", isTransient: false)
        }
        _ = await fixture.run(Fixture.plan([Fixture.cell(hosts: 2)]))
        let made = await transports.all
        #expect(made.count == 1)
        #expect(made.map(\.isClosed) == [true])
    }

    @Test func aDestroyThatFailsTwiceAndThenWorksLeavesNothing() async {
        let fixture = Fixture()
        let tries = Counter()
        fixture.platform.beforeDestroy { _ in
            if await tries.next("destroy") <= 2 { throw InfrastructureError("rm", why: "state improper") }
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .passed)
        #expect(fixture.platform.there.isEmpty)
    }

    @Test func whatCannotBeDestroyedIsALeakWithItsIdAndCommand() async throws {
        let fixture = Fixture()
        fixture.platform.beforeDestroy { resource in
            if resource.host != nil { throw InfrastructureError("rm", why: "permission denied", isTransient: false) }
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .leaked)
        #expect(result.leaks.map(\.resource.id) == ["id-2"])
        #expect(result.leaks[0].command == "matrix reap --run 261123-050122-test --yes")
        #expect(result.find("destroy")?.type == "matrix.destroy.leak")
        #expect(try await fixture.ledger.open().map(\.state) == [.leaked])
    }

    @Test func aLostReplyIsFoundByItsTagAndRemoved() async throws {
        let fixture = Fixture()
        fixture.platform.afterCreate { resource in
            if resource.host != nil { throw InfrastructureError("POST", why: "connection reset", isTransient: false) }
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .infrastructure)
        #expect(fixture.platform.there.isEmpty)
        #expect(try await fixture.ledger.open().isEmpty)
    }

    @Test func aLostReplyIsSweptAtTheEndIfThePlatformWasAwayMeanwhile() async throws {
        let fixture = Fixture()
        let tries = CallCounter()
        fixture.platform.afterCreate { resource in
            if resource.host != nil { throw InfrastructureError("POST", why: "connection reset", isTransient: false) }
        }
        fixture.platform.beforeRemaining { if tries.next() == 1 { throw InfrastructureError("GET", why: "502", isTransient: false) } }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(fixture.platform.there.isEmpty)
        #expect(result.leaks.isEmpty)
        #expect(try await fixture.ledger.open().isEmpty)
    }

    @Test func otherPeoplesResourcesAreNeverTouched() async {
        let fixture = Fixture()
        fixture.platform.add(
            Resource(platform: "scripted", kind: "host", name: "theirs", id: "9", run: RunID("other"), cell: "x", host: "x"))
        _ = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(fixture.platform.there.map(\.name) == ["theirs"])
    }

    @Test func aLedgerThatCannotWriteDownAnIdLeavesNothing() async {
        let fixture = Fixture()
        await fixture.ledger.fail("created")
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .infrastructure)
        #expect(fixture.platform.there.isEmpty)
    }

    @Test func withoutTheIntentOnDiskNothingIsMade() async {
        let fixture = Fixture()
        await fixture.ledger.fail("intend")
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(!fixture.platform.calls.contains { $0.hasPrefix("create") })
        #expect(result.exitStatus == .infrastructure)
    }

    @Test func aFailedCellIsKeptOnRequest() async throws {
        var fixture = Fixture()
        fixture.keep = .failed
        fixture.checker = ScriptedChecker { _, context in context.cell.name == "bad" ? .failed : .passed }
        let result = await fixture.run(Fixture.plan([Fixture.cell("bad"), Fixture.cell("good")]))
        #expect(Set(fixture.platform.there.map(\.cell)) == ["bad"])
        #expect(Set(result.kept.map(\.cell)) == ["bad"])
        #expect(try await fixture.ledger.open().allSatisfy { $0.state == .kept })
        #expect(result.exitStatus == .failed)
    }

    @Test func anInterruptedRunKeepsNothing() async {
        var fixture = Fixture()
        fixture.keep = .always
        fixture.checker = ScriptedChecker { [control = fixture.control] _, _ in
            control.stop(.signal(name: "SIGINT", exitStatus: .interrupted))
            try await Task.sleep(for: .seconds(60))
            return .passed
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .interrupted)
        #expect(fixture.platform.there.isEmpty)
    }
}
