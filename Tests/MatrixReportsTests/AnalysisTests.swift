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
            (SampleRun.green, "All 4 cells passed"), (.red, "1 of 4 cells failed"), (.infrastructure, "No verdict in 1 of 4 cells"),
            (.interrupted, "Interrupted: 3 of 4 cells reached no verdict"), (.leak, "A resource may be left behind"),
            (.skipped, "2 of 4 cells passed, 2 skipped"), (.experimental, "3 of 4 cells passed, 1 experimental with problems"),
            (.one, "The only cell passed"),
        ])
    func `The first line says how it ended`(_ sample: SampleRun, _ headline: String) {
        let run = ReportedRun(sample.result)
        #expect(Verdict(run, tally: Tally(run.cells)).headline == headline)
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
