import MatrixCore
import Testing

@testable import MatrixReports

struct AnalysisTests {
    @Test
    func `Problems are grouped over cells and localised`() throws {
        let groups = ProblemGroups.all(of: ReportedRun(SampleRun.axes.result))
        #expect(groups.map(\.names) == [["http prometheus is healthy on server"], ["user prometheus on server"]])
        #expect(groups.map(\.affected.count) == [7, 1])
        #expect(groups[0].localisation.sentence == "fails only with influxdb 3; passes with influxdb 2")
        #expect(groups[1].localisation.sentence == "fails in this cell only; passes in 14 cells")
        #expect(groups[1].command(file: "matrices/local.yml") == "matrix run matrices/local.yml --cell rocky9-proxmox-2")
    }

    @Test
    func `One system that fails is named, and so are those that pass`() {
        let groups = ProblemGroups.all(of: ReportedRun(SampleRun.red.result))
        #expect(Set(groups.map(\.localisation.sentence)) == ["fails only on rocky10; passes on debian12, debian13, rocky9"])
    }

    @Test
    func `A pair of values that fails is named`() {
        let failing = [cell("rocky9", "linode", "2"), cell("rocky9", "linode", "3")]
        let passing = [cell("rocky9", "podman", "2"), cell("debian12", "linode", "3")]
        #expect(FailurePattern(failing: failing, passing: passing).sentence == "fails only on rocky9 × linode; passes in 2 cells")
        #expect(FailurePattern(failing: failing, passing: []).sentence == "in all 2 cells that ran it")
        #expect(
            FailurePattern(
                failing: failing + passing,
                passing: [
                    cell("rocky9", "linode", "4"), cell("debian12", "podman", "2"), cell("rocky9", "podman", "3"),
                    cell("debian12", "linode", "2"),
                ]
            ).sentence == "fails in 4 of 8 cells; no axis separates them")
    }

    @Test
    func `Messages that differ in names, addresses and numbers only are the same`() {
        var first = cell("rocky9", "linode", "2")
        first.hosts = [HostResult(name: "rocky9-linode-2", role: "host", address: "10.89.0.2", resource: "f3a9c00d41b7")]
        var second = cell("debian12", "podman", "3")
        second.hosts = [HostResult(name: "debian12-podman-3", role: "host", address: "192.168.1.17", resource: "vm-7")]
        let left = ErrorShape(first).message("host rocky9-linode-2 (10.89.0.2) gave up after 61.2s, id 0badc0ffee12")
        let right = ErrorShape(second).message("host debian12-podman-3 (192.168.1.17) gave up after 9.0s, id 77c0ffee0bad")
        #expect(left == right)
        #expect(left != ErrorShape(first).message("host rocky9-linode-2 (10.89.0.2) went away after 61.2s"))
    }

    @Test
    func `Cases with the same message in the same cells are one problem; more than eight cells are named by what they share`() throws {
        let refused = SampleCell.Problem(message: "no route to host", detail: "no route")
        let cells = (0..<10).map {
            SampleCell(os: "rocky10", platform: "p\($0)", end: .failing(["user prometheus": refused, "package prometheus": refused]))
        }
        let groups = ProblemGroups.all(of: ReportedRun(SampleRun.run(cells + [SampleCell(os: "debian12", platform: "p0")], exit: .failed)))
        let group = try #require(groups.first)
        #expect(groups.count == 1)
        #expect(group.names == ["package prometheus on server", "user prometheus on server"])
        #expect(group.command(file: "my matrix.yml") == "matrix run 'my matrix.yml' --where os=rocky10")
        #expect(group.command(file: "m.yml", options: "--set 'vars.x=1 2'") == "matrix run m.yml --where os=rocky10 --set 'vars.x=1 2'")
    }

    @Test
    func `The grid says which places have no cell, and why`() throws {
        let pages = GridPage.all(of: ReportedRun(SampleRun.axes.result))
        #expect(pages.map(\.title) == ["influxdb 2", "influxdb 3"])
        #expect(pages[1].columns == ["proxmox", "linode", "podman"])
        let words = pages[1].rows.map { row in
            row.places.map { place in
                switch place {
                case .cell(let cell): cell.outcome.rawValue
                case .notSelected: "not selected"
                case .otherShard(let shard): "in shard \(shard)"
                case .notInMatrix: "not in the matrix"
                }
            }
        }
        #expect(
            words == [["failed", "failed", "failed"], ["failed", "not in the matrix", "failed"], ["failed", "failed", "not selected"]])
    }

    @Test(
        arguments: [
            (SampleRun.green, "All 4 cells passed"), (.red, "1 of 4 cells failed"), (.infrastructure, "1 of 4 cells could not be tried"),
            (.interrupted, "Interrupted: 3 of 4 cells reached no verdict"), (.leak, "A resource may be left behind"),
            (.skipped, "2 of 4 cells passed, 2 skipped"), (.experimental, "3 of 4 cells passed, 1 experimental with problems"),
            (.one, "The only cell passed"), (.mixed, "4 of 5 cells failed, 1 could not be tried"),
            (.big, "13 of 48 cells failed, 2 could not be tried"),
        ])
    func `The first line says how it ended`(_ sample: SampleRun, _ headline: String) {
        let run = ReportedRun(sample.result)
        #expect(Verdict(run).headline == headline)
    }

    @Test
    func `A run that skipped a part of its matrix has no green tick, and its exit status is explained`() {
        let skipped = Verdict(SampleRun.skipped.result)
        #expect(skipped.sentence == "△ 2 of 4 cells passed, 2 skipped")
        #expect(skipped.parts.map(\.tone) == [.passed, .attention])
        #expect(skipped.status == "exit status 0: every verdict passed; skipped cells do not count")
        let mixed = Verdict(SampleRun.mixed.result)
        #expect(mixed.tone == .failed && mixed.sentence.hasPrefix("✗ "))
        #expect(mixed.status == "exit status 3: a cell without a verdict weighs more than one that failed")
        #expect(Verdict(SampleRun.red.result).status == "exit status 1: a deploy or verify verdict failed")
        #expect(Verdict(SampleRun.green.result).sentence == "✓ All 4 cells passed")
        #expect(Verdict(SampleRun.leak.result).tone == .error)
    }

    @Test
    func `Skipped cells are told once for each reason, with every next step`() throws {
        let all = SkippedCells.all(of: SampleRun.skipped.result.cells)
        let skipped = try #require(all.first)
        #expect(all.count == 1)
        #expect(skipped.cells == ["rocky9-podman", "rocky10-podman"])
        #expect(skipped.reason == "no image for rocky9 on this machine: registry.example cannot be reached")
        #expect(skipped.steps.count == 2 && skipped.steps.allSatisfy { $0.contains("podman load") })
    }

    @Test
    func `A step that failed because of its task is no second fault`() throws {
        let run = ReportedRun(SampleRun.mixed.result)
        let cell = try #require(run.cells.first { $0.name == "debian12-podman-heavy" })
        #expect(cell.cases.count { $0.outcome == .failed } == 2)
        #expect(cell.faults.map(\.name) == [SampleCell.tasks[2]])
        #expect(Tally(cell).cases[.failed] == 1)
        let groups = ProblemGroups.all(of: run)
        #expect(groups.count == 4)
        #expect(ProblemGroups.words(groups) == "4 causes")
        #expect(ProblemGroups.words(ProblemGroups.all(of: ReportedRun(SampleRun.red.result))) == "3 causes, all of them only on rocky10")
        #expect(ProblemGroups.words(Array(groups.prefix(2).suffix(1))) == "1 cause, only on debian13")
        // Without its task, the step is the fault.
        var alone = cell
        alone.cases.removeAll { $0.name == SampleCell.tasks[2] }
        #expect(alone.faults.map(\.name) == ["monitoring"])
    }

    @Test
    func `A value of an axis is named instead of many cells, if it chooses exactly those`() throws {
        let groups = ProblemGroups.all(of: ReportedRun(SampleRun.big.result))
        #expect(groups.map { $0.command(file: "big.yml") }.contains("matrix run big.yml --where os=rocky10"))
        // The cells of edge with influxdb 3 but for rocky10: no one value has them.
        let task = try #require(groups.first { $0.example.phase == .deploy })
        #expect(task.command(file: "big.yml").hasPrefix("matrix run big.yml --cell debian12-edge-3 --cell"))
        var part = SampleRun.big.result
        part.notSelected = ["rocky10-other-2"]
        let commands = ProblemGroups.all(of: ReportedRun(part)).map { $0.command(file: "big.yml") }
        #expect(!commands.contains { $0.contains("--where") })
    }

    @Test
    func `Names that differ in their hosts only are one title`() throws {
        var run = SampleRun.green.result
        for index in run.cells[0].cases.indices where run.cells[0].cases[index].name.hasPrefix("service") {
            run.cells[0].cases[index].outcome = .failed
            run.cells[0].cases[index].message = "expected running"
        }
        let indices = run.cells[0].cases.indices.filter { run.cells[0].cases[$0].outcome == .failed }
        run.cells[0].cases[indices[0]].name = "service x (web)"
        run.cells[0].cases[indices[1]].name = "service x (db)"
        run.exitStatus = .failed
        let group = try #require(ProblemGroups.all(of: ReportedRun(run)).first)
        #expect(group.title == "service x (web, db)")
        #expect(group.otherNames.isEmpty)
    }

    @Test
    func `The system of a cell and the number of a host are no part of a check's name`() {
        var web = cell("rocky9", "podman", "2")
        web.hosts = [HostResult(name: "x-web-2", role: "web", address: "10.0.0.1", resource: "a")]
        func name(_ text: String) -> String {
            var test = web.cases[0]
            test.name = text
            return ErrorShape.name(test, in: web)
        }
        #expect(name("operating system is rocky 9 (web-2)") == "operating system is the cell's (web)")
        #expect(name("port 80 on web-2") == "port 80 on web")
        #expect(name("port 80-2 (db-1)") == "port 80-2 (db-1)")
    }

    @Test
    func `A cell that may have left something behind is not shown as passed`() throws {
        let run = ReportedRun(SampleRun.leak.result)
        #expect(run.cells.map(\.outcome) == [.passed, .error, .passed, .passed])
    }

    @Test
    func `A cell that was interrupted between two steps tells the one that did not come`() throws {
        var result = SampleRun.interrupted.result
        result.cells[3].outcome = .interrupted
        let cell = ReportedRun(result).cells[3]
        #expect(cell.cases.count == result.cells[3].cases.count)
        #expect(cell.cases.filter { $0.outcome == .interrupted }.map(\.message) == ["not run: interrupted"])
        #expect(cell.cases.first?.outcome == .interrupted)
    }

    private func cell(_ os: String, _ platform: String, _ influxdb: String) -> CellResult {
        SampleCell(os: os, platform: platform, further: [AxisValue(axis: "influxdb", value: influxdb)]).result(from: SampleRun.zero)
    }
}
