import MatrixCore

/// The names that `${…}` may hold, and where each is known.
struct Names {
    /// How much is known at the place of a text.
    enum Place {
        /// A setting of the whole file: the environment, variables and paths, no cell.
        case file
        /// An item of `paths:`: as for the file, but without other paths.
        case path
        /// A platform's settings, or the command after a run: as for the file, and secrets.
        case platform
        /// A setting of a cell that is used before any host exists.
        case cell
        /// A variable of an Ansible group: everything but the host.
        case group
        /// A step or a variable: everything.
        case step
    }

    /// What is known only while a cell runs, besides `secrets.*`.
    static let runtime: Set<String> = [
        "host.name", "host.address", "host.role", "host.fqdn", "inventory", "kubeconfig", "artifacts", "run",
    ]
    private static let whole = ["os", "platform", "cell", "inventory", "kubeconfig", "artifacts", "run"]
    private static let spaces = ["axis", "vars", "secrets", "env", "path", "host"]

    let axes: [String]
    /// All variables that the file sets anywhere, nested ones with dots.
    let variables: Set<String>
    private let secrets: [String]
    private let paths: [String]
    private let known: Set<String>
    private let hints: Hints

    /// The variables for hints, sorted when the first hint needs them.
    private final class Hints {
        private let variables: Set<String>
        lazy var sorted = variables.sorted()

        init(_ variables: Set<String>) { self.variables = variables }
    }

    init(axes: [String], variables: Set<String>, secrets: [String] = [], paths: [String] = []) {
        self.axes = axes
        self.variables = variables
        self.secrets = secrets
        self.paths = paths
        hints = Hints(variables)
        known = Set(secrets.map { "secrets.\($0)" } + paths.map { "path.\($0)" })
    }

    /// Whether a name is resolved before the run.
    static func isStatic(_ name: String) -> Bool {
        !runtime.contains(name) && !name.hasPrefix("secrets.") && !name.hasPrefix("host.")
    }

    /// What is wrong with a reference, by its form and place; nil if nothing is wrong.
    func problem(of reference: Template.Reference, in place: Place) -> (message: String, hint: String)? {
        let name = reference.name
        if name.isEmpty { return ("`${` is never closed", "close it with `}`, or write `$${` for a plain `${`") }
        if let inner = name.firstRange(of: "${") {
            let outer = name[..<inner.lowerBound].split(separator: ":").first ?? ""
            return ("a default of `${\(outer)` cannot hold another reference", "set a variable under `vars:` and name it here")
        }
        return problem(ofName: name, hasDefault: reference.fallback != nil) ?? problem(ofPlace: place, name: name)
    }

    private func problem(ofName name: String, hasDefault: Bool) -> (message: String, hint: String)? {
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let rest = parts.count > 1 ? parts[1] : ""
        if Self.whole.contains(name) || known.contains(name) { return nil }
        switch parts[0] {
        case "axis": return rest.isMember(of: axes, called: "axis")
        case "vars":
            if hasDefault || variables.contains(rest) { return nil }
            return rest.isMember(of: hints.sorted, called: "variable")
        case "path": return rest.isMember(of: paths, called: "path")
        case "secrets": return rest.isMember(of: secrets, called: "secret")
        case "host": return Self.runtime.contains(name) ? nil : rest.isMember(of: ["name", "address", "role", "fqdn"], called: "host fact")
        case "env": return rest.isEmpty ? ("`${env.}` names no variable", "such as ${env.HOME}") : nil
        default: return unknown(name)
        }
    }

    private func unknown(_ name: String) -> (message: String, hint: String) {
        let known = Self.whole + Self.spaces.map { "\($0).…" }
        if let near = Suggestion.nearest(to: name, among: Self.whole) { return ("`${\(name)}` is unknown", "did you mean `${\(near)}`?") }
        if let dot = name.firstIndex(of: "."), let near = Suggestion.nearest(to: String(name[..<dot]), among: Self.spaces) {
            return ("`${\(name)}` is unknown", "did you mean `${\(near)\(name[dot...])}`?")
        }
        if variables.contains(name) { return ("`${\(name)}` is unknown", "did you mean `${vars.\(name)}`?") }
        return (
            "`${\(name)}` is unknown",
            "the known names are \(known.joined(separator: ", ")); for a shell variable write `$\(name)` or `$${\(name)}`"
        )
    }

    private func problem(ofPlace place: Place, name: String) -> (message: String, hint: String)? {
        let needsCell = ["os", "platform", "cell"].contains(name) || name.hasPrefix("axis.")
        switch place {
        case .step: return nil
        case .group where !name.hasPrefix("host."): return nil
        case .group:
            return (
                "`${\(name)}` differs between the hosts of a group", "set it in `vars:` of a role under `hosts:`, or use Ansible's {{ }}"
            )
        case .cell where Self.isStatic(name): return nil
        case .cell: return ("`${\(name)}` is known only while a step runs", "use it in `deploy:`, `verify:` or `finally:`")
        case .platform where name.hasPrefix("secrets."): return nil
        case .path where name.hasPrefix("path."): return ("a path cannot refer to another", "use only ${env.…} and ${vars.…} here")
        case .file, .path, .platform:
            if Self.isStatic(name), !needsCell { return nil }
            return ("`${\(name)}` cannot be used here, outside of a cell", "use ${env.…}, ${vars.…} or ${path.…}")
        }
    }
}

extension String {
    fileprivate func isMember(of names: some Collection<String>, called what: String) -> (message: String, hint: String)? {
        if names.contains(self) { return nil }
        return ("there is no \(what) `\(self)`", Hint.meant(self, among: names, otherwise: "there are"))
    }
}
