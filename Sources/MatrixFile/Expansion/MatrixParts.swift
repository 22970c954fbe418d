import MatrixCore

/// The checked file, split by the users of its sections.
struct MatrixParts {
    let axes: Document?
    let platforms: Document
    let systems: Document
    let vars: Document
    /// The `paths:` section.
    let paths: Document
    /// The sections that cells override, with the variables of used files.
    let ofCells: Document
    /// The items of `cells:` and `include:`, checked.
    let overrides: [Document]
    let includes: [Document]
    /// What the command line sets in cells.
    let settings: Document
    /// Settings of the whole run.
    /// `after:`, which may refer to secrets.
    let after: Document?
    let ofRun: Document
    let names: Names
    private let root: Document

    init(_ files: MatrixFiles, context: LoadContext) {
        root = files.root
        let shared = files.shared
        axes = root["axes"]
        platforms = (shared["platforms"] ?? root.emptied).withoutRemoved
        systems = shared["os"] ?? root.emptied
        vars = (shared["vars"] ?? root.emptied).withoutRemoved
        paths = (shared["paths"] ?? root.emptied).withoutRemoved
        context.paths.read(paths, variables: vars)
        ofCells = root.only(MatrixSections.ofCell).merging(shared.only(["vars"]))
        overrides = root["cells"]?.elements ?? []
        includes = Self.includes(of: root, context: context)
        settings = files.settings
        ofRun =
            root.only([
                "name", "budget", "expires", "unavailable", "keep", "reports", "ssh", "environment", "evidence", "requires", "ansible",
            ])
            .merging(shared.only(["secrets", "limits"])).withoutRemoved
        after = root["after"]
        AfterSection.check(after, problems: context.problems)
        let documents = [ofCells, settings] + overrides + includes
        let secrets = ofRun["secrets"]?.members.map(\.key) ?? []
        let variables = Set(documents.flatMap { $0["vars"]?.paths ?? [] })
        names = Names(axes: axes?.members.map(\.key) ?? [], variables: variables, secrets: secrets, paths: paths.members.map(\.key))
        SecretsSection.check(ofRun["secrets"], problems: context.problems)
    }

    /// Without their axes, the items are overrides like those of `cells:`.
    private static func includes(of root: Document, context: LoadContext) -> [Document] {
        let axes = root["axes"]?.members.map(\.key) ?? ["os", "platform"]
        return (root["include"]?.elements ?? []).map { item in
            let values = axes.map { KeyShape($0, .any, "") }
            return context.checker.check(
                item, against: ObjectShape("an included cell", values + MatrixSections.overriding), removing: Set(MatrixSections.ofCell))
        }
    }

    var verifyLocation: SourceLocation {
        root.members.first { $0.key == "verify" }?.keyLocation ?? root.location
    }

    /// Whether the file describes a system; errors in it are reported elsewhere.
    func isDescribedSystem(_ name: String) -> Bool { systems.has(name) }

    /// Checks all references by their form and place.
    func check(_ references: ReferenceChecker) {
        let include = root["include"]?.elements.map { $0.without(MatrixSections.overriding.map(\.name)) } ?? []
        let conditions = overrides.compactMap { $0["where"] }
        let ofFile = [root.only(["axes", "exclude", "sample"]), ofRun, systems] + include + conditions
        for document in ofFile { references.check(document, in: .file) }
        references.check(paths, in: .path)
        if let after { references.check(after, in: .platform) }
        for document in [ofCells, settings] + overrides + includes {
            let early = InventorySection.withoutVariables(document.only(["hosts", "timeouts", "retries", "provision"]))
            references.check(early, in: .cell)
            InventorySection.check(document, references)
            references.check(document.only(["vars", "deploy", "verify", "finally"]), in: .step)
        }
        checkConditions(references.problems)
    }

    private func checkConditions(_ problems: Problems) {
        for member in overrides.flatMap({ $0["where"]?.members ?? [] }) where !names.axes.contains(member.key) && !problems.isFull {
            let hint = Hint.meant(member.key, among: names.axes, otherwise: "there are")
            problems.error(at: member.keyLocation, "there is no axis `\(member.key)`", hint: hint)
        }
    }

    /// A limit for a platform that does not exist is an error.
    func checkLimits(among axes: Axes, problems: Problems) {
        let used = axes.index(of: "platform").map { axes.values[$0] } ?? []
        let known = Set(platforms.members.map(\.key)).union(used)
        for member in ofRun["limits"]?["platform"]?.members ?? [] where !known.isEmpty && !known.contains(member.key) {
            guard !problems.isFull else { return }
            let hint = Hint.meant(member.key, among: known.sorted(), otherwise: "there are")
            problems.error(at: member.keyLocation, "there is no platform `\(member.key)` to limit", hint: hint)
        }
    }
}
