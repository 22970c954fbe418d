import Foundation
import MatrixCore
import MatrixLedger
import MatrixTesting
import Testing

@testable import MatrixCLI

/// State that lies below the working folder is found and named as a command can name it.
@Suite struct NearbyStatesTests {
    @Test func aLedgerBelowIsFound() async throws {
        let root = try TemporaryFolder.make()
        defer { try? FileManager.default.removeItem(atPath: root) }
        let state = try StateFolder("\(root)/matrices/.matrix")
        let resource = Resource(platform: "p", kind: "container", name: "a-r", run: RunID("r"), cell: "a", host: "a")
        _ = try state.makeDirectory(of: RunID("r"))
        try await state.begin(
            RunRecord(
                run: RunID("r"), matrix: "m", file: "\(root)/matrices/m.yml", started: .wall, owner: .current(), platforms: [:], reports: ""
            ))
        _ = try await state.ledger.intend(resource)
        let cells = await NearbyStates.cells(besides: "\(root)/.matrix", below: root)
        #expect(cells == [NearbyStates.Cell(name: "a", state: "matrices/.matrix")])
        #expect(NearbyStates.line(cells) == "in matrices/.matrix: a; see them with: matrix status --state matrices/.matrix")
        #expect(await NearbyStates.cells(besides: "\(root)/matrices/.matrix", below: root).isEmpty)
        #expect(try StateFolder.existing("\(root)/.matrix") == nil && !FileManager.default.fileExists(atPath: "\(root)/.matrix"))
    }
}
