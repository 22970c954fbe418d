import MatrixConformance
import MatrixCore
import MatrixLedger
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// What the harnesses of the drivers share: a state folder with its ledger, and runs that have keys.
struct ConformanceWorld: Sendable {
    let state: String
    let ledger: SQLiteLedger

    init() throws {
        state = try TemporaryFolder.make()
        ledger = try SQLiteLedger(state: state)
    }

    func record(of run: RunID, platforms: [String]) -> RunRecord {
        let records = Dictionary(platforms.map { ($0, "{}") }) { first, _ in first }
        return RunRecord(
            run: run, matrix: "conformance", file: "/conformance.yml", started: .now, owner: .current(), platforms: records, reports: "/")
    }

    /// Keys that open nothing.
    func access(_ run: RunID) -> RunAccess {
        RunAccess(
            directory: "\(state)/runs/\(run)", publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE+/k3y== solti-matrix-run-\(run)")
    }

    static func cell(_ name: String, _ os: OperatingSystem, on platform: String, size: HostSize, groups: [String] = []) -> CellPlan {
        CellPlan(
            name: name, point: [AxisValue(axis: "os", value: os.name)], os: os, platform: platform,
            hosts: [HostPlan(name: name, groups: groups, size: size)])
    }

    static func document(_ options: Value) -> Document {
        Document(value: options, at: SourceLocation(file: "/conformance.yml", line: 1, column: 1))
    }
}

/// Tries one promise of a driver, and prints its place in the table of `Tests/run`.
///
/// - Parameters:
///   - driver: its kind; others than that of the harness's platform if a platform has several.
///   - untried: promises that cannot be tried in the harness.
func expectKept(
    _ promise: Promise, by driver: String, _ harness: any ConformanceHarness, strikes: Int = .max, untried: Set<Promise> = []
) async {
    let verdict = await ConformanceSuite(harness, mostStrikes: strikes).verdict(on: promise)
    let reason = verdict.reason.split(whereSeparator: \.isNewline).first ?? ""
    print("conformance: \(driver): \(promise.rawValue): \(verdict.word) \(reason)")
    switch verdict.outcome {
    case .kept, .withheld: break
    case .untried: #expect(untried.contains(promise), "\(promise.rawValue): \(verdict.reason)")
    case .broken: Issue.record("\(driver) \(promise.summary): \(verdict.reason)")
    }
    #expect(verdict.left == [])
}
