import Foundation
import MatrixConformance
import MatrixCore
import MatrixFile
import MatrixPlatforms
import MatrixRemote
import MatrixWeb

/// Makes platform drivers, for a run or from a run's record on the ledger.
struct PlatformMaker {
    let state: StateFolder
    var redactor = Terminal.redactor
    /// Runs programs on this machine; nil to find Ansible first.
    var runner: (any Transport)?
    /// Where requests to APIs are logged with their answers; nil for nowhere.
    var exchanges: ExchangeLog?
    /// What SSH logins offer first.
    var keyExchange = KeyExchange.standard
    /// What the drivers' calls to the outside go through; nil for nothing.
    var line: OutsideLine?

    /// The drivers of a plan, by the platforms' names.
    ///
    /// - Throws: `UsageError` with the problems of all platforms' secrets.
    func make(_ plan: Plan, access: RunAccess?) async throws -> [String: any Platform] {
        var maker = self
        let runner: any Transport = if let runner { runner } else { try await Runner.transport(for: plan) }
        maker.runner = runner
        return try await maker.make(plan, access: access, secrets: try await PlanSecrets.platforms(of: plan, using: runner))
    }

    /// The drivers of a plan, by the platforms' names.
    ///
    /// - Parameter secrets: the secrets of each platform's settings.
    func make(_ plan: Plan, access: RunAccess?, secrets: [String: [String: String]]) async throws -> [String: any Platform] {
        var platforms: [String: any Platform] = [:]
        var maker = self
        maker.keyExchange = plan.keyExchange
        for name in plan.platforms.keys.sorted() {
            _ = try await maker.make(name, access: access, secrets: secrets, into: &platforms) { plan.platforms[$0] }
        }
        return platforms
    }

    /// The drivers of a matrix file's platforms, to ask them what they have; says which are left out.
    ///
    /// - Parameter name: the only platform to ask; nil for all. Of the others no credential is read, unless they lend it hosts.
    /// - Throws: `UsageError` if the file has no such platform.
    func make(asking file: String, only name: String? = nil) async throws -> [String: any Platform] {
        let plan = try name.map { try Self.plan(of: file, with: $0) } ?? MatrixSource.load(file)
        for (name, absent) in plan.absent.sorted(by: { $0.key < $1.key }) {
            Terminal.error("platform \(name) is not asked: \(absent.reason)")
        }
        return try await make(plan, access: nil)
    }

    /// The plan of a file with one of its platforms and those that lend it hosts.
    private static func plan(of file: String, with name: String) throws -> Plan {
        // Of a cell's variables only those of the platform are needed; one that only lends has no cells.
        var plan = try (try? MatrixSource.load(file, Selection(conditions: ["platform=\(name)"]))) ?? MatrixSource.load(file)
        guard plan.platforms[name] != nil || plan.absent[name] != nil else {
            let names = plan.platforms.keys.sorted()
            let near = Suggestion.nearest(to: name, among: names).map { "did you mean \($0)?" }
            throw UsageError(
                "\(file) has no platform \(name)", hint: near ?? "there are: \(names.joined(separator: ", "))")
        }
        let catalogue = PlatformCatalogue()
        var wanted: Set = [name]
        var open = [name]
        while let next = open.popLast() {
            let lenders = plan.platforms[next].map { catalogue.lenders(of: $0).compactMap(\.text) } ?? []
            open += lenders.filter { wanted.insert($0).inserted }
        }
        plan.platforms = plan.platforms.filter { wanted.contains($0.key) }
        plan.absent = plan.absent.filter { wanted.contains($0.key) }
        return plan
    }

    /// Makes a platform after the platforms that lend it hosts. Each is made once.
    private func make(
        _ name: String, borrowers: [String] = [], access: RunAccess?, secrets: [String: [String: String]] = [:],
        into made: inout [String: any Platform],
        settings find: (String) -> PlatformSettings?
    ) async throws -> (any Platform)? {
        if let platform = made[name] { return platform }
        guard let settings = find(name) else { return nil }
        var lenders: [String: any Platform] = [:]
        let catalogue = PlatformCatalogue()
        for lender in catalogue.lenders(of: settings) {
            guard let other = lender.text else { continue }
            guard other != name, !borrowers.contains(other) else {
                throw UsageError([
                    Diagnostic(
                        at: lender.location, "platform \(name) borrows its hosts from itself", hint: "name a platform that has hosts")
                ])
            }
            lenders[other] = try await make(
                other, borrowers: borrowers + [name], access: access, secrets: secrets, into: &made, settings: find)
        }
        let platform = try catalogue.make(
            settings, in: try await context(settings, access: access, lenders: lenders, secrets: secrets[name]))
        made[name] = platform
        return platform
    }

    /// What a driver is made with. The secrets of the settings are redacted in every output.
    ///
    /// - Parameter known: the secrets of the settings; nil to resolve them.
    func context(
        _ settings: PlatformSettings, access: RunAccess?, lenders: [String: any Platform] = [:], secrets known: [String: String]? = nil
    ) async throws -> PlatformContext {
        let runner: any Transport = if let runner { runner } else { try await Runner.transport() }
        let secrets = if let known { known } else { try await PlatformSecrets.resolve(settings, using: runner) }
        for secret in secrets.values { redactor.hide(secret) }
        let connector: any Connector = SSHConnector(
            controlDirectory: access?.directory ?? "\(state.path)/ssh", keyExchange: keyExchange)
        return PlatformContext(
            state: state.path, access: access, runner: line?.runner(runner) ?? runner, redactor: redactor, secrets: secrets,
            claims: state.claims, pools: state.pools, connector: line?.connector(connector) ?? connector, lenders: lenders,
            web: { [exchanges, line] web in
                var web = web
                if let exchanges { web = LoggedTransport(web, log: exchanges) }
                return line?.web(web) ?? web
            }, noted: { [exchanges] exchange in exchanges?.add(exchange()) })
    }

    /// The driver of a platform as a run's record describes it; nil if the record does not have it.
    func make(_ name: String, of record: RunRecord, access: RunAccess? = nil) async throws -> (any Platform)? {
        var made: [String: any Platform] = [:]
        return try await make(name, access: access, into: &made) { Self.settings(of: $0, in: record) }
    }

    private static func settings(of name: String, in record: RunRecord) -> PlatformSettings? {
        guard let json = record.platforms[name], let value = Value(json: json), let driver = value["driver"]?.string else { return nil }
        let location = SourceLocation(file: value[fileKey]?.string ?? record.file, line: 1, column: 1)
        return PlatformSettings(name: name, driver: driver, options: Document(value: value, at: location))
    }

    /// What the ledger stores of a plan's platforms: settings as JSON, secrets as their sources.
    static func records(of plan: Plan) -> [String: String] {
        plan.platforms.mapValues { settings in
            var members: [String: Value] = [:]
            if case .map(let options) = settings.options.value { members = options }
            members["driver"] = .string(settings.driver)
            members[fileKey] = .string(Paths.absolute(settings.options.location.file))
            return Value.map(members).json
        }
    }

    /// The record's key for the path of the settings file: relative paths in the settings start from it.
    private static let fileKey = "settings file"
}
