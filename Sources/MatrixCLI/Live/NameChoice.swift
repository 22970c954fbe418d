import MatrixCore

/// What a person means by a name on the command line: the whole name, a glob, or the beginning of names.
enum NameChoice {
    /// The names that are meant, in their order. A whole name means only itself.
    static func matches(_ wanted: String, among names: [String]) -> [String] {
        if names.contains(wanted) { return [wanted] }
        if wanted.contains("*") || wanted.contains("?") { return names.filter { Glob.matches(wanted, $0) } }
        return wanted.isEmpty ? [] : names.filter { $0.hasPrefix(wanted) }
    }
}
