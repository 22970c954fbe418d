import MatrixCore

/// Reads the settings of the platforms that cells use; the settings of unused platforms may be incomplete.
struct PlatformReader {
    let context: LoadContext
    let drivers: [Declaration]
    /// The merged `platforms:` section.
    let document: Document
    let references: ReferenceChecker
    let scope: StaticScope

    /// The settings of a platform of that name; a driver without required settings needs no entry.
    private func settings(of name: String) -> Document? {
        if let settings = document[name] { return settings }
        guard
            drivers.contains(where: { driver in
                driver.kind == name && !PlatformsSection.object(of: driver).keys.dropFirst().contains(where: \.required)
            })
        else { return nil }
        let place = document.location
        let driver = Document.Member(key: "driver", keyLocation: place, value: Document(.scalar(name, plain: true), at: place))
        return Document(.map([driver]), at: place)
    }

    /// Whether a value of the platform axis names a known platform.
    func checkExistence(of name: String, at location: SourceLocation) {
        guard settings(of: name) == nil else { return }
        let names = document.members.map(\.key) + drivers.map(\.kind)
        var hint = Hint.meant(name, among: names, otherwise: "there are")
        if drivers.contains(where: { $0.kind == name }) { hint = "describe it under `platforms:`, or name a file that does in `use:`" }
        context.problems.error(at: location, "there is no platform `\(name)`", hint: hint)
    }

    /// The settings of the platforms of these names, and of those whose hosts they use.
    func platforms(_ names: Set<String>) -> [String: PlatformSettings] {
        var platforms: [String: PlatformSettings] = [:]
        var waiting = names.sorted()
        while let name = waiting.popLast() {
            guard platforms[name] == nil, let raw = settings(of: name), let settings = read(name, raw) else { continue }
            platforms[name] = settings
            for lender in drivers.first(where: { $0.kind == settings.driver })?.lenders(settings.options) ?? [] {
                guard let other = lender.text else { continue }
                checkExistence(of: other, at: lender.location)
                waiting.append(other)
            }
        }
        return platforms
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
