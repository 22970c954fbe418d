import MatrixTesting
import Synchronization
import Testing

@testable import MatrixCore
@testable import MatrixEngine

/// A host that does not come up explains itself: nobody can look later.
@Suite struct EvidenceTests {
    /// A cell whose host never becomes ready.
    private func stuck(_ limit: Duration = .seconds(12)) -> (Fixture, CellPlan) {
        let fixture = Fixture()
        fixture.platform.beforeReady { _ in try await Task.sleep(for: .seconds(60)) }
        var timeouts = Timeouts()
        timeouts[.create] = limit
        return (fixture, Fixture.cell(retries: [:], timeouts: timeouts))
    }

    @Test func theLastWaitStandsInTheMessage() async throws {
        let (fixture, cell) = stuck()
        fixture.platform.tellsWhileItBoots("waiting for sshd")
        let result = await fixture.run(Fixture.plan([cell]))
        let create = try #require(result.find("create"))
        #expect(create.outcome == .error && create.type == "matrix.create.timeout")
        #expect(
            create.message?.hasPrefix("create was not done after 12s: host: waiting for sshd, for ") == true, "\(create.message ?? "")")
        #expect(create.attachments.first == "artifacts/debian12-scripted/create.log")
    }

    @Test func theDriversEvidenceIsKeptAndItsEndShown() async throws {
        let (fixture, cell) = stuck()
        fixture.redactor.hide("hunter2-secret")
        fixture.platform.shows { resource in
            let lines = (1...9).map { "line \($0) of \(resource.host ?? "")" } + ["password hunter2-secret \u{1b}[31m"]
            return [
                Evidence("console", command: "podman logs x", text: lines.joined(separator: "\n"), advice: "correct the image"),
                Evidence("state", text: "Status: running"),
            ]
        }
        let result = await fixture.run(Fixture.plan([cell]))
        let create = try #require(result.find("create"))
        let detail = try #require(create.detail)
        #expect(
            create.attachments.suffix(2) == [
                "artifacts/debian12-scripted/create-host-console.log", "artifacts/debian12-scripted/create-host-state.log",
            ])
        #expect(detail.contains("host: the last lines of podman logs x, all of it in artifacts/debian12-scripted/create-host-console.log:"))
        #expect(detail.contains("  line 9 of") && !detail.contains("line 5 of"), "five lines: \(detail)")
        #expect(!detail.contains("hunter2") && !detail.contains("\u{1b}"))
        #expect(detail.contains("next: correct the image") && !detail.contains("timeouts:"), "the advice follows the state: \(detail)")
        #expect(fixture.platform.there.isEmpty, "it was asked before the teardown")
    }

    @Test func aHostThatWasNotMadeIsLookedAtBeforeItsRemainsGo() async throws {
        let fixture = Fixture()
        let seen = Mutex<[String]>([])
        fixture.platform.afterCreate { resource in
            if resource.host != nil { throw InfrastructureError("host x", why: "it broke", isTransient: false) }
        }
        fixture.platform.shows { [platform = fixture.platform] _ in
            seen.withLock { $0 = platform.there.map(\.kind) }
            return [Evidence("tasks", text: "task qmclone: locked")]
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell(retries: [:])]))
        #expect(seen.withLock(\.self) == ["host", "network"])
        let create = try #require(result.find("create"))
        #expect(create.message == "host x: it broke" && create.detail?.contains("  task qmclone: locked") == true, "\(create)")
    }

    @Test func aKeptCellThatSSHDoesNotReachHasTheDriversWaysIn() async throws {
        var (fixture, cell) = stuck()
        fixture.platform.shows({ _ in [] }, entrances: ["podman exec -it x sh"])
        fixture.keep = .failed
        let result = await fixture.run(Fixture.plan([cell]))
        #expect(result.entrances == [Entrance(cell: "debian12-scripted", host: "debian12-scripted", commands: ["podman exec -it x sh"])])
        fixture = Fixture()
        cell = Fixture.cell()
        fixture.keep = .always
        #expect(await fixture.run(Fixture.plan([cell])).entrances == nil)
    }

    @Test func theLogOfACreateIsAlwaysThere() async throws {
        let fixture = Fixture()
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.find("create")?.attachments == ["artifacts/debian12-scripted/create.log"])
    }

    @Test func oneFaultIsOneProblem() async throws {
        var fixture = Fixture()
        fixture.deployers = [
            ScriptedDeployer { step, _ in
                var task = ScriptedDeployer.result(step, .failed, "exit status 2")
                task.name = "Licence is accepted"
                return [ScriptedDeployer.result(step, .failed, "Licence is accepted: exit status 2"), task]
            }
        ]
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.cells[0].cases.filter(\.outcome.isProblem).map(\.name) == ["Licence is accepted"])
        let own = try #require(result.find("site"))
        #expect(own.outcome == .skipped && own.message == "no verdict beside that of Licence is accepted")
        #expect(result.exitStatus == .failed && result.find("service x")?.message == "not run: deploy site failed")
    }
}
