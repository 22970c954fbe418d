import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixReports

struct ReportedShardTests {
    @Test
    func `Merged shards are the result of the whole matrix`() async throws {
        for ending in [EngineRun.green, .oneSystem, .infrastructure, .leak] {
            let folder = try TemporaryFolder()
            let whole = try await ending.write(into: "\(folder.path)/whole")
            let merge = try ShardMerge(try await parts(of: ending, in: folder, 3).reversed())
            let merged = merge.result(as: RunID("merged"))
            #expect(merge.missing.isEmpty)
            #expect(lines(merged) == lines(whole))
            #expect(merged.exitStatus == whole.exitStatus)
            #expect(merged.axes == whole.axes)
            #expect(merged.leaks.count == whole.leaks.count)
            #expect(merged.shard == nil && merged.notSelected == whole.notSelected && merged.interrupted == whole.interrupted)
            #expect(identities(merged) == identities(whole))
        }
    }

    @Test
    func `Cells of a shard that gave nothing are errors, in their places`() async throws {
        let folder = try TemporaryFolder()
        var parts = try await parts(of: .green, in: folder, 3)
        parts.remove(at: 1)
        let merge = try ShardMerge(parts)
        let merged = merge.result(as: RunID("merged"))
        #expect(merge.missing == [2])
        #expect(merged.cells.map(\.name) == EngineRun.systems.map { "\($0)-scripted" })
        #expect(merged.cells.map(\.outcome) == [.passed, .error, .passed, .passed])
        #expect(merged.exitStatus == .infrastructure)
        #expect(merged.cells[1].cases.map(\.type) == ["matrix.shard.missing"])
        #expect(merged.cells[1].cases[0].message == "shard 2/3, which runs this cell, gave no result for it")
        #expect(JUnitSuite.all(of: ReportedRun(merged)).map(\.totals.errors) == [0, 1, 0, 0])
        #expect(GridPage.all(of: ReportedRun(merged))[0].rows.count == 4)
    }

    @Test
    func `A shard that was cut off keeps what it has; the rest are errors`() async throws {
        let folder = try TemporaryFolder()
        var parts = try await parts(of: .oneSystem, in: folder, 2)
        parts[0].result.cells.removeFirst()
        let merged = try ShardMerge(parts).result(as: RunID("merged"))
        #expect(merged.cells.map(\.outcome) == [.error, .failed, .passed, .passed])
        #expect(merged.exitStatus == .infrastructure)
    }

    @Test
    func `What does not belong together is refused`() async throws {
        let folder = try TemporaryFolder()
        let parts = try await parts(of: .green, in: folder, 2)
        func problem(_ change: (inout ShardMerge.Part) -> Void) -> String? {
            var other = parts[1]
            change(&other)
            return #expect(throws: UsageError.self) { try ShardMerge([parts[0], other]) }?.description
        }
        #expect(problem { $0.result.shard = nil }?.contains("is of a run of the whole matrix") == true)
        #expect(problem { $0.result.shard?.index = 1 }?.contains("shard 1/2 is given twice") == true)
        #expect(problem { $0.result.matrix = "site" }?.contains("they are of the matrices monitoring and site") == true)
        #expect(problem { $0.result.commit = nil }?.contains("they are of the commits 4be1c07f9a31 and none") == true)
        #expect(problem { $0.result.shard?.cells.removeLast() }?.contains("they are of different cells") == true)
        #expect(throws: UsageError.self) { try ShardMerge([]) }
    }

    @Test
    func `A shard's own report says where the other cells are`() async throws {
        let folder = try TemporaryFolder()
        let parts = try await parts(of: .green, in: folder, 2)
        let page = try folder.text("1/index.html")
        #expect(page.contains(#"<th scope="row">rocky10</th><td class="none"><span>in shard 2/2</span></td>"#))
        #expect(SummaryReporter.text(ReportedRun(parts[1].result)).contains("| **rocky9** | in shard 1/2 |"))
    }

    @Test
    func `An interrupted shard interrupts the whole`() async throws {
        let folder = try TemporaryFolder()
        let merged = try ShardMerge(try await parts(of: .interrupted, in: folder, 2)).result(as: RunID("merged"))
        #expect(merged.interrupted && merged.exitStatus == .interrupted)
    }

    /// Runs every shard by itself: every n-th cell from its number on.
    private func parts(of ending: EngineRun, in folder: TemporaryFolder, _ count: Int) async throws -> [ShardMerge.Part] {
        let cells = ending.plan.cells
        let planned = cells.enumerated().map { Shard.Cell(name: $1.name, point: $1.point, platform: $1.platform, shard: $0 % count + 1) }
        var parts: [ShardMerge.Part] = []
        for index in 1...count {
            let path = "\(folder.path)/\(index)"
            let own = cells.enumerated().filter { $0.offset % count == index - 1 }.map(\.element)
            _ = try await ending.write(into: path, cells: own, shard: Shard(index: index, count: count, cells: planned))
            parts.append(ShardMerge.Part(folder: path, result: try ResultsFile.read(path)))
        }
        return parts
    }

    private func lines(_ result: RunResult) -> [String] {
        result.cells.flatMap { cell in
            ["\(cell.name) \(cell.outcome)"] + cell.cases.map { "\($0.phase) \($0.step) \($0.name) \($0.outcome)" }
        }
    }

    private func identities(_ result: RunResult) -> [String] {
        JUnitSuite.all(of: ReportedRun(result)).flatMap { suite in
            var identity = JUnitIdentity(prefix: suite.prefix)
            return suite.cell.cases.map { "\(suite.name) \(identity.next($0))" }
        }
    }
}
