import MatrixTesting
import Synchronization
import Testing

@testable import MatrixCore
@testable import MatrixEngine

@Suite struct EngineTests {
    @Test func aGreenCellPassesEveryPhaseAndLeavesNothing() async throws {
        let fixture = Fixture()
        let result = await fixture.run(Fixture.plan([Fixture.cell(finally: [Fixture.step("logs")])]))
        #expect(
            result.lines() == [
                "create/create/create: passed", "provision/provision/provision: passed", "deploy/site/site: passed",
                "verify/verify/service x: passed", "finally/logs/logs: passed", "destroy/destroy/destroy: passed",
            ])
        #expect(result.exitStatus == .passed)
        #expect(result.cells[0].outcome == .passed)
        #expect(fixture.platform.there.isEmpty)
        #expect(try await fixture.ledger.open().isEmpty)
    }

    @Test func everyResourceIsOnTheLedgerBeforeItIsMadeAndHostsGoBeforeTheirNetwork() async {
        let fixture = Fixture()
        _ = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(
            await fixture.ledger.log == [
                "intended network debian12-scripted", "created network debian12-scripted", "intended host debian12-scripted",
                "created host debian12-scripted", "destroyed host debian12-scripted", "destroyed network debian12-scripted",
            ])
    }

    @Test func whatTheRunDoesBesideItsCellsIsSaid() async {
        let fixture = Fixture()
        _ = await fixture.run(Fixture.plan([Fixture.cell()]))
        let said = fixture.events.events.compactMap { event -> String? in
            if event.cell == nil, case .waiting(let work) = event.kind { work } else { nil }
        }
        #expect(said == ["asking what the cells need: scripted", "looking for leftovers on scripted"])
    }

    @Test func aFailedCheckFailsItsCellOnly() async {
        var fixture = Fixture()
        fixture.checker = ScriptedChecker { _, context in context.cell.name == "a" ? .failed : .passed }
        let result = await fixture.run(Fixture.plan([Fixture.cell("a"), Fixture.cell("b")]))
        #expect(result.cells.map(\.outcome) == [.failed, .passed])
        #expect(result.exitStatus == .failed)
        #expect(fixture.platform.there.isEmpty)
    }

    @Test func aFailedDeployStepSkipsWhatFollowsWithTheReason() async {
        var fixture = Fixture()
        fixture.deployers = [ScriptedDeployer { step, _ in [ScriptedDeployer.result(step, step.name == "one" ? .failed : .passed, "no")] }]
        let cell = Fixture.cell(deploy: [Fixture.step("one"), Fixture.step("two")], finally: [Fixture.step("logs")])
        let result = await fixture.run(Fixture.plan([cell]))
        #expect(result.find("two")?.message == "not run: deploy one failed")
        #expect(result.find("service x")?.message == "not run: deploy one failed")
        #expect(result.find("logs")?.outcome == .passed)
        #expect(result.exitStatus == .failed)
    }

    @Test func aDeployerThatThrowsIsAnInfrastructureErrorAndStatusThree() async {
        var fixture = Fixture()
        fixture.deployers = [ScriptedDeployer { _, _ in throw InfrastructureError("ssh to x", why: "connection lost") }]
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.find("site")?.outcome == .error)
        #expect(result.find("site")?.message == "ssh to x: connection lost")
        #expect(result.exitStatus == .infrastructure)
    }

    @Test func aDeployerWithoutAResultIsNeverAPass() async {
        var fixture = Fixture()
        fixture.deployers = [ScriptedDeployer { _, _ in [] }]
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.find("site")?.outcome == .error)
        #expect(result.exitStatus == .infrastructure)
    }

    @Test func theWrongSystemIsCaughtBeforeTheDeploy() async {
        var fixture = Fixture()
        fixture.checker = ScriptedChecker(guards: ["os"]) { check, _ in check.name == "os" ? .failed : .passed }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.find("os")?.outcome == .failed)
        #expect(result.find("provision")?.outcome == .skipped)
        #expect(result.find("site")?.message == "not run: the host does not run the system of its cell")
        #expect(result.exitStatus == .failed)
        #expect(fixture.platform.there.isEmpty)
    }

    @Test func stepsThatDoNotApplyAreSkippedVisibly() async {
        let cell = Fixture.cell(deploy: [Fixture.step("site"), Fixture.step("dashboards", skipped: "when: platform is k3s")])
        let result = await Fixture().run(Fixture.plan([cell]))
        #expect(result.find("dashboards")?.outcome == .skipped)
        #expect(result.find("dashboards")?.message == "when: platform is k3s")
        #expect(result.exitStatus == .passed)
    }

    @Test func aTransientCreateIsTriedAgainAfterItsRemainsAreGone() async {
        let fixture = Fixture()
        fixture.platform.beforeReady { [platform = fixture.platform] _ in
            if platform.calls.count(where: { $0.hasPrefix("ready") }) == 1 { throw InfrastructureError("boot", why: "timed out") }
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .passed)
        #expect(result.find("create")?.attempts.map(\.message) == ["boot: timed out"])
        #expect(
            fixture.platform.calls == [
                "create network debian12-scripted", "create host debian12-scripted", "ready debian12-scripted",
                "destroy host debian12-scripted", "destroy network debian12-scripted", "create network debian12-scripted",
                "create host debian12-scripted", "ready debian12-scripted", "destroy host debian12-scripted",
                "destroy network debian12-scripted",
            ])
    }

    @Test func aFatalCreateErrorIsNotTriedAgain() async {
        let fixture = Fixture()
        fixture.platform.beforeCreate { _ in throw InfrastructureError("quota", why: "used up", isTransient: false) }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(fixture.platform.calls.count { $0.hasPrefix("create") } == 1)
        #expect(result.exitStatus == .infrastructure)
        #expect(result.find("site")?.message == "not run: create failed")
    }

    @Test func provisionIsRepeatedOnlyForTheHostThatFailed() async {
        var fixture = Fixture()
        let tries = Counter()
        fixture.provisioner = ScriptedProvisioner { host in
            if await tries.next(host.name) == 1, host.plan.index == 2 { throw InfrastructureError("apt", why: "mirror gone") }
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell(hosts: 2)]))
        #expect(result.exitStatus == .passed)
        #expect(await tries.count("debian12-scripted-node-1") == 1)
        #expect(await tries.count("debian12-scripted-node-2") == 2)
        #expect(result.find("provision (node-2)")?.attempts.count == 1)
    }

    @Test func aDeadlineIsAnErrorThatNamesItsPhase() async {
        var fixture = Fixture()
        fixture.deployers = [
            ScriptedDeployer { step, _ in
                try await Task.sleep(for: .seconds(60))
                return [ScriptedDeployer.result(step, .passed)]
            }
        ]
        let result = await fixture.run(Fixture.plan([Fixture.cell(timeouts: Timeouts([.deploy: .milliseconds(50)]))]))
        #expect(result.find("site")?.type == "matrix.deploy.timeout")
        #expect(result.find("service x")?.outcome == .skipped)
        #expect(result.exitStatus == .infrastructure)
        #expect(fixture.platform.there.isEmpty)
    }

    @Test func aCreateThatHangsIsGivenUpAndWhatItMadeIsRemoved() async {
        let fixture = Fixture()
        fixture.platform.afterCreate { resource in if resource.host != nil { try await Task.sleep(for: .seconds(60)) } }
        let result = await fixture.run(
            Fixture.plan([Fixture.cell(retries: [.create: 0, .provision: 0], timeouts: Timeouts([.create: .milliseconds(500)]))]))
        #expect(result.find("create")?.outcome == .error)
        #expect(fixture.platform.there.isEmpty)
        #expect(result.exitStatus == .infrastructure)
    }

    @Test func unavailableSystemsAreSkippedIfTheFileSaysSo() async {
        let fixture = Fixture()
        fixture.platform.report([PreflightProblem(.unavailable, cells: ["b"], "no image for rocky9", next: "podman load it")])
        let result = await fixture.run(Fixture.plan([Fixture.cell("a"), Fixture.cell("b")], unavailable: .skip))
        #expect(result.cells.map(\.outcome) == [.passed, .skipped])
        #expect(result.find("create", 1)?.message == "no image for rocky9")
        #expect(result.exitStatus == .passed)
    }

    @Test func cellsOfAPlatformThatIsLeftOutAreSkippedWithWhatIsMissing() async {
        let fixture = Fixture()
        var plan = Fixture.plan([Fixture.cell("a"), Fixture.cell("b")])
        plan.cells[1].platform = "cloud"
        plan.absent = ["cloud": AbsentPlatform(variables: ["TOKEN", "REGION"])]
        let result = await fixture.run(plan)
        #expect(result.cells.map(\.outcome) == [.passed, .skipped])
        #expect(result.find("create", 1)?.message == "platform cloud is left out: TOKEN and REGION are not set")
        #expect(result.find("create", 1)?.detail?.hasSuffix("next: set them to run its cells") == true)
        #expect(result.exitStatus == .passed)
        plan.cells.removeFirst()
        #expect(await fixture.run(plan).exitStatus == .infrastructure)
    }

    @Test func aCellThatIsUpIsNotLeftOut() async {
        var fixture = Fixture()
        var plan = Fixture.plan([Fixture.cell("a"), Fixture.cell("b")])
        plan.cells[1].platform = "cloud"
        plan.absent = ["cloud": AbsentPlatform(variables: ["TOKEN"])]
        fixture.starts = ["b": CellStart(phases: [.verify], command: "matrix verify")]
        let result = await fixture.run(plan)
        #expect(result.cells.map(\.outcome) == [.passed, .error])
        #expect(result.find("create", 1)?.message == "platform cloud is left out: TOKEN is not set")
    }

    @Test func aRunInWhichNoCellReachesAVerdictIsNeverGreen() async {
        let fixture = Fixture()
        fixture.platform.report([PreflightProblem(.unavailable, "no image")])
        let result = await fixture.run(Fixture.plan([Fixture.cell("a")], unavailable: .skip))
        #expect(result.find("create")?.outcome == .error)
        #expect(result.exitStatus == .infrastructure)
    }

    @Test func anExperimentalCellChangesNoExitStatus() async {
        var fixture = Fixture()
        fixture.checker = ScriptedChecker { _, context in context.cell.name == "new" ? .failed : .passed }
        let result = await fixture.run(Fixture.plan([Fixture.cell("a"), Fixture.cell("new", experimental: true)]))
        #expect(result.cells[1].outcome == .failed)
        #expect(result.exitStatus == .passed)
    }

    @Test func noMoreCellsAreUpThanThePlatformMayHave() async {
        let fixture = Fixture()
        fixture.platform.beforeReady { [platform = fixture.platform] _ in
            while platform.mostAlive < 2 { try await Task.sleep(for: .milliseconds(1)) }
            // Time for a third, which must not come.
            try await Task.sleep(for: .milliseconds(20))
        }
        let limits = Limits(alive: ["scripted": 2])
        let result = await fixture.run(Fixture.plan((1...6).map { Fixture.cell("c\($0)") }, limits: limits))
        #expect(result.cells.allSatisfy { $0.outcome == .passed })
        #expect(fixture.platform.mostAlive == 2)
    }

    @Test func theLongestExpectedCellStartsFirst() async {
        var fixture = Fixture()
        fixture.expected = ExpectedTimes(["short": [.deploy: 10], "long": [.deploy: 60, .create: 40]])
        let result = await fixture.run(
            Fixture.plan([Fixture.cell("short"), Fixture.cell("new"), Fixture.cell("long")], limits: Limits(parallel: 1)))
        let order = fixture.platform.calls.filter { $0.hasPrefix("create network") }
        #expect(order == ["create network new", "create network long", "create network short"])
        #expect(result.cells.map(\.name) == ["short", "new", "long"])
    }

    /// What a cell waits for its turn is its queue's time, not its create's: it uses up no `timeouts.create` and gets into no expectation.
    @Test func waitingForATurnToBeCreatedIsTimeInTheQueue() async {
        let fixture = Fixture()
        let made = Mutex<[Timestamp]>([])
        fixture.platform.afterCreate { resource in
            try await Task.sleep(for: .milliseconds(20))
            if resource.host != nil { made.withLock { $0.append(.now) } }
        }
        let limits = Limits(creates: ["scripted": 1])
        let result = await fixture.run(Fixture.plan([Fixture.cell("a"), Fixture.cell("b"), Fixture.cell("c")], limits: limits))
        #expect(result.exitStatus == .passed)
        let starts = result.cells.map(\.started).sorted()
        let ends = made.withLock { $0 }
        #expect(ends.count == 3 && starts[1] >= ends[0] && starts[2] >= ends[1])
        #expect(result.cells.allSatisfy { cell in cell.phases.allSatisfy { $0.started >= cell.started } })
        let waiting = fixture.events.events.filter {
            if case .waiting(let text) = $0.kind { text.contains("limits.platform.scripted.create") } else { false }
        }
        #expect(waiting.count == 2)
    }

    /// A cell that fails in its create, or is stopped there, leaves its turn to the next.
    @Test func aTurnToBeCreatedIsAlwaysGivenBack() async {
        let fixture = Fixture()
        fixture.platform.beforeCreate { resource in
            if resource.cell == "bad" { throw InfrastructureError("create", why: "no room", isTransient: true) }
            if resource.cell == "slow" { try await Task.sleep(for: .seconds(3600)) }
        }
        var slow = Fixture.cell("slow", retries: [.create: 0, .provision: 0])
        slow.timeouts[.create] = .milliseconds(200)
        let limits = Limits(creates: ["scripted": 1])
        let result = await fixture.run(Fixture.plan([Fixture.cell("bad"), slow, Fixture.cell("good")], limits: limits))
        #expect(result.cells.map(\.outcome) == [.error, .error, .passed])
    }

    @Test func aCellWaitingForItsPlatformLeavesTheOthersTheirPlaces() {
        var schedule = Schedule([0, 1, 2], platforms: ["a", "a", "b"], limits: Limits(alive: ["a": 1]), parallel: 2)
        #expect(schedule.next() == 0)
        #expect(schedule.next() == 2)
        #expect(schedule.next() == nil)
        schedule.finish(0)
        #expect(schedule.next() == 1)
    }

    @Test func aStepNamedVerifyIsNotTakenForTheChecks() async {
        var fixture = Fixture()
        fixture.deployers = [ScriptedDeployer { step, _ in [ScriptedDeployer.result(step, .passed)] }]
        let cell = Fixture.cell(
            deploy: [], verify: [Fixture.step("service x", kind: "service"), Fixture.step("verify"), Fixture.step("port 80", kind: "port")])
        let result = await fixture.run(Fixture.plan([cell]))
        let verify = result.cells[0].cases.filter { $0.phase == .verify }
        #expect(verify.map(\.name) == ["service x", "verify", "port 80"])
        #expect(verify.allSatisfy { $0.outcome == .passed })
    }

    @Test func aPlannedCheckWithoutAnAnswerIsAnError() async {
        var fixture = Fixture()
        fixture.checker = ForgetfulChecker()
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.find("service x")?.outcome == .error)
        #expect(result.exitStatus == .infrastructure)
    }

    @Test func testsThatNobodyPlannedStandBehindTheirScript() async {
        var fixture = Fixture()
        fixture.checker = TalkativeChecker()
        let result = await fixture.run(
            Fixture.plan([Fixture.cell(verify: [Fixture.step("smoke", kind: "script"), Fixture.step("load", kind: "script")])]))
        let names = result.cells[0].cases.filter { $0.phase == .verify }.map { "\($0.step): \($0.name)" }
        #expect(names.map { $0.prefix(5) } == ["smoke", "smoke", "smoke", "load:", "load:", "load:"], "\(names)")
        #expect(names[0] == "smoke: smoke" && names[3] == "load: load")
        #expect(result.cells[0].cases.last?.phase == .destroy)
        #expect(result.exitStatus == .failed)
    }

    @Test func verifyPlaybooksAreAskedAgainWithinTheirLimit() async {
        var fixture = Fixture()
        let tries = CallCounter()
        fixture.deployers = [
            ScriptedDeployer { step, context in
                [ScriptedDeployer.result(step, context.phase == .verify && tries.next() < 3 ? .failed : .passed)]
            }
        ]
        var step = Fixture.step("verify site")
        step.modifiers.within = .seconds(3600)
        step.modifiers.every = .milliseconds(1)
        let result = await fixture.run(Fixture.plan([Fixture.cell(verify: [step])]))
        #expect(result.find("verify site")?.outcome == .passed)
        #expect(result.find("verify site")?.properties["attempts"] == "3")
        #expect(result.exitStatus == .passed)
    }

    /// A waiver of a verify playbook covers its tasks, until its day.
    @Test(arguments: [("2999-12-31", Outcome.skipped, MatrixCore.ExitStatus.passed), ("2020-01-31", .failed, .failed)])
    func waiversOfVerifyPlaybooks(
        _ until: String, _ outcome: Outcome, _ status: MatrixCore.ExitStatus
    )
        async
    {
        let fixture = Fixture()
        var step = Fixture.step("verify site")
        step.modifiers.waiver = Waiver(until: until, because: "upstream")
        var other = fixture
        other.deployers = [
            ScriptedDeployer { step, context in [ScriptedDeployer.result(step, context.phase == .verify ? .failed : .passed, "bad")] }
        ]
        let result = await other.run(Fixture.plan([Fixture.cell(verify: [step])]))
        #expect(result.find("verify site")?.outcome == outcome)
        #expect(result.exitStatus == status)
    }

    @Test func aFailedProvisionIsNoPassedPhase() async {
        var fixture = Fixture()
        fixture.provisioner = ScriptedProvisioner { _ in throw InfrastructureError("apt", why: "no", isTransient: false) }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.cells[0].phases.first { $0.phase == .provision }?.outcome == .error)
    }

    @Test func retriesApplyToAnUnreachableHostThatIsReportedAsACase() async {
        var fixture = Fixture()
        let tries = CallCounter()
        fixture.deployers = [
            ScriptedDeployer { step, _ in [ScriptedDeployer.result(step, tries.next() == 1 ? .error : .passed, "unreachable")] }
        ]
        var step = Fixture.step("site")
        step.retries = 1
        let result = await fixture.run(Fixture.plan([Fixture.cell(deploy: [step])]))
        #expect(result.find("site")?.outcome == .passed)
        #expect(result.find("site")?.attempts.count == 1)
    }

    @Test func secretsReachStepsButNoRecord() async throws {
        var fixture = Fixture()
        fixture.secrets = ["db": "hunter2-secret"]
        fixture.redactor.hide("hunter2-secret")
        fixture.deployers = [
            ScriptedDeployer { step, context in
                let secret = try context.scope.render("${secrets.db}")
                return [
                    ScriptedDeployer.result(
                        step, .failed, "login with \(secret) refused; env \(context.secretEnvironment["SOLTI_SECRET_DB"] ?? "")")
                ]
            }
        ]
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.find("site")?.message == "login with [redacted] refused; env [redacted]")
        #expect(!JSON.text(result).contains("hunter2"))
        for event in fixture.events.events { #expect(!JSON.text(event).contains("hunter2")) }
    }
}

/// Counts by name.
actor Counter {
    private var counts: [String: Int] = [:]

    func next(_ name: String) -> Int {
        counts[name, default: 0] += 1
        return counts[name] ?? 0
    }

    func count(_ name: String) -> Int { counts[name] ?? 0 }
}
