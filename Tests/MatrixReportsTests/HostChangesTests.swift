import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixReports

/// What the page says of changes on the hosts.
struct HostChangesTests {
    /// A step that changes something in every cell, with more in some of them.
    private static func result(_ changes: [String: [HostChange]]) -> RunResult {
        var result = SampleRun.green.result
        for index in result.cells.indices {
            let cell = result.cells[index]
            guard let own = changes[cell.point.first { $0.axis == "os" }?.value ?? ""] else { continue }
            var test = CaseResult(
                phase: .deploy, step: "site", name: "site: changes", outcome: .passed, started: cell.started, seconds: 1,
                host: cell.hosts.first?.name)
            test.changes = own
            result.cells[index].cases.append(test)
            result.cells[index].hosts = Array(cell.hosts.prefix(1))
        }
        return result
    }

    private static let loki = [HostChange("package loki", after: "3.1")]
    private static let firewall = [HostChange("service firewalld.service", before: "running")]

    @Test
    func `Changes that all cells have in common come first, then what only some have`() throws {
        let result = Self.result(["rocky9": Self.loki + Self.firewall, "rocky10": Self.loki, "debian12": Self.loki, "debian13": Self.loki])
        let view = try #require(HostChangesView(result.cells))
        let groups = try #require(view.steps.first).groups
        #expect(view.steps.map(\.name) == ["site"])
        #expect(groups.map(\.heading) == ["in all 4 cells", "only in rocky9-podman"])
        #expect(groups.map(\.lines) == [["+ package loki"], ["- service firewalld.service"]])
        let folder = try TemporaryFolder()
        _ = try HTMLReporter().write(result, into: folder.path)
        let page = try folder.text("index.html")
        #expect(page.contains("<section id=\"host-changes\"") && page.contains("only in rocky9-podman (1)"))
        #expect(page.contains("<li>- service firewalld.service</li>"))
    }

    @Test
    func `A value that differs between cells is left out, one that all have is shown`() throws {
        func changed(_ version: String) -> [HostChange] { [HostChange("package loki", before: "3.0", after: version)] }
        let same = Self.result(["rocky9": changed("3.1"), "rocky10": changed("3.1")])
        #expect(HostChangesView(same.cells)?.steps[0].groups.map(\.lines) == [["~ package loki: 3.0 → 3.1"]])
        let other = Self.result(["rocky9": changed("3.1"), "rocky10": changed("3.2")])
        #expect(HostChangesView(other.cells)?.steps[0].groups.map(\.lines) == [["~ package loki"]])
        #expect(HostChangesView(other.cells)?.steps[0].groups.map(\.heading) == ["in all 2 cells"])
    }

    @Test
    func `A step that changed nothing says so, and a run that was not asked has no section`() throws {
        let folder = try TemporaryFolder()
        _ = try HTMLReporter().write(Self.result(["rocky9": []]), into: folder.path)
        #expect(try folder.text("index.html").contains("<p class=\"calm\">no changes</p>"))
        #expect(HostChangesView(SampleRun.green.result.cells) == nil)
    }
}
