import Foundation
import GRDB
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixLedger

/// Files of earlier versions are brought up to date when they are opened.
@Suite struct MigrationTests {
    private static let old = RunID("261101-120000-old1")
    private static let fixtures = Repository.path("fixtures/state")
    static let versions = (try? FileManager.default.contentsOfDirectory(atPath: fixtures))?.filter { $0.hasSuffix(".sql") }.sorted() ?? []

    private func withOldState<R>(_ version: String, _ body: (String) async throws -> R) async throws -> R {
        try await withTemporaryFolder { folder in
            let text = try String(contentsOfFile: "\(Self.fixtures)/\(version)", encoding: .utf8)
            var configuration = Configuration()
            // The tables come in the order of their names.
            configuration.foreignKeysEnabled = false
            let made = try DatabaseQueue(path: "\(folder)/state.db", configuration: configuration)
            try await made.writeWithoutTransaction { try $0.execute(sql: text) }
            try made.close()
            return try await body(folder)
        }
    }

    @Test func thereIsAFileOfVersionOne() { #expect(Self.versions.contains("version-1.sql")) }

    @Test(arguments: versions) func whatItHeldIsThere(version: String) async throws {
        try await withOldState(version) { folder in
            let ledger = try SQLiteLedger(state: folder)
            let run = try #require(try await ledger.run(Self.old))
            #expect(run.arguments == [:])
            #expect(run.exitStatus == .failed)
            #expect(run.platforms == ["podman": #"{"driver":"podman"}"#])
            let open = try await ledger.open()
            #expect(open.map(\.state) == [.kept, .kept])
            #expect(open.last?.resource.details == ["port": "40022"])
            #expect(try await ledger.claims(kind: "vmid").map(\.name) == ["20001"])
            #expect(try await ledger.expectedDurations(matrix: "local", cells: ["debian12-podman"])["debian12-podman"] == [.create: 12.5])
        }
    }

    @Test(arguments: versions) func whatCameLaterWorksInIt(version: String) async throws {
        try await withOldState(version) { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.record(PhaseRecord(.create, outcome: .passed, finished: .now), of: "debian12-podman", in: Self.old)
            #expect(try await ledger.progress(of: Self.old)["debian12-podman"]?.map(\.phase) == [.create])
            for lease in try await ledger.open() { try await ledger.destroyed(lease.id) }
            #expect(try await SQLiteLedger(state: folder).open().isEmpty, "and it opens again")
        }
    }

    @Test(arguments: versions) func processesThatOpenItAtOnceAgree(version: String) async throws {
        try await withOldState(version) { folder in
            let counts = await mapConcurrently(Array(0..<8), limit: 8) { _ in try? await SQLiteLedger(state: folder).open().count }
            #expect(counts == Array(repeating: 2, count: 8))
        }
    }
}
