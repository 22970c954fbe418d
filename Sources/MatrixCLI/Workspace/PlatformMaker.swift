import Foundation
import MatrixCore
import MatrixPlatforms
import MatrixRemote

/// Makes platform drivers, for a run or from what the ledger kept of one.
struct PlatformMaker {
    let state: String
    let redactor: Redactor
    let runner: any Transport

    init(state: String, redactor: Redactor, runner: any Transport = LocalTransport()) {
        self.state = state
        self.redactor = redactor
        self.runner = runner
    }

    /// The drivers of a plan, by the platforms' names.
    func make(_ plan: Plan, access: RunAccess?) throws -> [String: any Platform] {
        try plan.platforms.mapValues { try make($0, access: access) }
    }

    func make(_ settings: PlatformSettings, access: RunAccess?) throws -> any Platform {
        let context = PlatformContext(state: state, access: access, runner: runner, redactor: redactor)
        return try PlatformCatalogue().make(settings, in: context)
    }

    /// The driver of a platform as a run's record describes it; nil where the record does not know it.
    func make(_ name: String, of record: RunRecord) throws -> (any Platform)? {
        guard let json = record.platforms[name], let value = Value(json: json), let driver = value["driver"]?.string else { return nil }
        let location = SourceLocation(file: record.file, line: 1, column: 1)
        return try make(PlatformSettings(name: name, driver: driver, options: Document(value: value, at: location)), access: nil)
    }

    /// What the ledger keeps of a plan's platforms: settings as JSON, secrets as their sources.
    static func records(of plan: Plan) -> [String: String] {
        plan.platforms.mapValues { settings in
            var value = settings.options.value
            if case .map(var members) = value {
                members["driver"] = .string(settings.driver)
                value = .map(members)
            } else {
                value = .map(["driver": .string(settings.driver)])
            }
            return value.json
        }
    }
}
