/// A platform that is left out because what its settings need is not set on this machine: `unavailable: skip` of the platform.
public struct AbsentPlatform: Sendable, Hashable {
    /// The variables of the environment that are not set, in the order of the settings.
    public var variables: [String]
    /// The files of secrets that do not exist.
    public var files: [String]
    /// Where the platform is described.
    public var location: SourceLocation?

    public init(variables: [String], files: [String] = [], location: SourceLocation? = nil) {
        self.variables = variables
        self.files = files
        self.location = location
    }

    /// `LINODE_TOKEN is not set`.
    public var reason: String {
        let unset = variables.isEmpty ? nil : "\(Self.joined(variables)) \(variables.count == 1 ? "is" : "are") not set"
        let lost = files.isEmpty ? nil : "\(Self.joined(files)) \(files.count == 1 ? "does" : "do") not exist"
        return [unset, lost].compactMap(\.self).joined(separator: "; ")
    }

    /// What brings its cells back.
    public var next: String {
        let isOne = variables.count + files.count == 1
        return "\(variables.isEmpty ? "create" : "set") \(isOne ? "it" : "them") to run its cells"
    }

    /// Says that the platform of this name is left out.
    ///
    /// - Parameter cells: how many cells are on it.
    public func warning(of name: String, cells: Int) -> Diagnostic {
        Diagnostic(
            .warning, at: location,
            "platform \(name) is left out, and with it \(cells) cell\(cells == 1 ? "" : "s"): \(reason)", hint: next)
    }

    private static func joined(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return "\(names.dropLast().joined(separator: ", ")) and \(last)"
    }
}

extension Plan {
    /// The warnings of all platforms that are left out.
    public var absenceWarnings: [Diagnostic] {
        absent.sorted { $0.key < $1.key }.map { name, platform in
            platform.warning(of: name, cells: cells.count { $0.platform == name })
        }
    }
}
