internal import Foundation
import MatrixCore

/// Reads the settings of the platforms that cells use; the settings of unused platforms may be incomplete.
struct PlatformReader {
    let context: LoadContext
    let drivers: [Declaration]
    /// The merged `platforms:` section.
    let document: Document
    let references: ReferenceChecker
    let scope: StaticScope
    private let entries: [String: Document]

    init(context: LoadContext, drivers: [Declaration], document: Document, references: ReferenceChecker, scope: StaticScope) {
        self.context = context
        self.drivers = drivers
        self.document = document
        self.references = references
        self.scope = scope
        let described = document.members.filter { $0.value.content != .null }
        entries = Dictionary(described.map { ($0.key, $0.value) }) { _, last in last }
    }

    /// The settings of a platform of that name; a driver without required settings needs no entry.
    private func settings(of name: String) -> Document? {
        if let settings = entries[name] { return settings }
        guard
            drivers.contains(where: { driver in
                driver.kind == name && !PlatformsSection.object(of: driver).keys.dropFirst().contains(where: \.required)
            })
        else { return nil }
        let place = document.location
        let driver = Document.Member(key: "driver", keyLocation: place, value: Document(.scalar(name, plain: true), at: place))
        return Document(.map([driver]), at: place)
    }

    /// Whether a platform's cells run only if they are asked for by name.
    func isOnDemand(_ name: String) -> Bool { entries[name]?[PlatformsSection.onDemand.name]?.bool ?? false }

    /// Whether a value of the platform axis names a known platform.
    func checkExistence(of name: String, at location: SourceLocation) {
        guard settings(of: name) == nil, !context.problems.isFull else { return }
        let names = document.members.map(\.key) + drivers.map(\.kind)
        var hint = Hint.meant(name, among: names, otherwise: "there are")
        if drivers.contains(where: { $0.kind == name }) { hint = "describe it under `platforms:`, or name a file that does in `use:`" }
        context.problems.error(at: location, "there is no platform `\(name)`", hint: hint)
    }

    /// The platforms that cells use.
    struct Platforms {
        /// Those that can be used, and those whose hosts they use.
        var settings: [String: PlatformSettings] = [:]
        /// Those that are left out, by name.
        var absent: [String: AbsentPlatform] = [:]
    }

    /// Reads the platforms of these names, and those whose hosts they use.
    ///
    /// - Parameter demanded: the platforms that the user asks for by name: they are never left out.
    func platforms(_ names: Set<String>, demanded: Set<String>) -> Platforms {
        var platforms = Platforms()
        for name in names where !demanded.contains(name) && entries[name]?[PlatformsSection.unavailable.name]?.text == "skip" {
            platforms.absent[name] = absence(of: name)
        }
        var waiting = names.subtracting(platforms.absent.keys).sorted()
        while let name = waiting.popLast() {
            guard platforms.settings[name] == nil, let raw = settings(of: name), let settings = read(name, raw) else { continue }
            platforms.settings[name] = settings
            for lender in lenders(of: settings) {
                guard let other = lender.text, !Placeholders.isIn(other) else { continue }
                checkExistence(of: other, at: lender.location)
                waiting.append(other)
            }
        }
        return platforms
    }

    private func lenders(of settings: PlatformSettings) -> [Document] {
        drivers.first { $0.kind == settings.driver }?.lenders(settings.options) ?? []
    }

    /// What a platform and its lenders need and this machine does not have; nil if nothing is missing.
    ///
    /// An empty variable counts as not set: that is how CI engines pass a secret that the repository does not have.
    private func absence(of name: String) -> AbsentPlatform? {
        guard context.placeholders == nil else { return nil }
        let trial = context.apart(environment: context.environment.filter { !$0.value.isEmpty })
        let view = scope.with(trial)
        var files: [String] = []
        var seen: Set<String> = []
        var waiting = [name]
        while let name = waiting.popLast() {
            guard seen.insert(name).inserted, let raw = settings(of: name), let driver = raw["driver"]?.text else { continue }
            let platform = PlatformSettings(name: name, driver: driver, options: view.render(raw))
            for source in SecretSource.all(in: platform.options, home: context.home) {
                switch source.origin {
                case .environment(let variable) where trial.environment[variable] == nil: trial.unset.add(variable)
                case .file(let path) where !FileManager.default.fileExists(atPath: path): files.append(path)
                default: break
                }
            }
            waiting += lenders(of: platform).compactMap(\.text)
        }
        guard !trial.unset.names.isEmpty || !files.isEmpty else { return nil }
        let location = document.members.first { $0.key == name }?.keyLocation
        return AbsentPlatform(variables: trial.unset.names, files: files, location: location)
    }

    private func read(_ name: String, _ raw: Document) -> PlatformSettings? {
        guard let driver = raw["driver"], let kind = driver.text else {
            context.problems.error(
                at: raw.location, "the platform `\(name)` needs `driver`", hint: "such as `driver: \(drivers.first?.kind ?? "podman")`")
            return nil
        }
        guard let declaration = drivers.first(where: { $0.kind == kind }) else {
            report(missing: kind, at: driver.location)
            return nil
        }
        references.check(raw, in: .platform)
        let before = context.problems.count
        guard let checked = context.checker.check(raw, against: .object(PlatformsSection.object(of: declaration)), named: name) else {
            return nil
        }
        if context.problems.count == before { declaration.examine(raw).forEach(context.problems.add) }
        return PlatformSettings(name: name, driver: kind, options: scope.render(checked))
    }

    /// Misspelt drivers are errors even if no cell uses them.
    func checkUnused(except used: Set<String>) {
        for member in document.members where !used.contains(member.key) {
            guard let driver = member.value["driver"], let kind = driver.text, !kind.contains("${") else { continue }
            if drivers.contains(where: { $0.kind == kind }) { continue }
            report(missing: kind, at: driver.location)
        }
    }

    private func report(missing kind: String, at location: SourceLocation) {
        context.problems.error(
            at: location, "there is no driver `\(kind)`", hint: Hint.meant(kind, among: drivers.map(\.kind), otherwise: "there are"))
    }
}
