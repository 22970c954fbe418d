/// A platform that is left out because what its settings need is not set on this machine: `unavailable: skip` of the platform.
public struct AbsentPlatform: Sendable, Hashable {
    /// The variables of the environment that are not set, in the order of the settings.
    public var variables: [String]
    /// The files of secrets that do not exist.
    public var files: [String]

    public init(variables: [String], files: [String] = []) {
        self.variables = variables
        self.files = files
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

    private static func joined(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return "\(names.dropLast().joined(separator: ", ")) and \(last)"
    }
}
