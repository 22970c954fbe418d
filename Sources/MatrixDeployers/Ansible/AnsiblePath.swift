internal import Foundation

/// What Ansible, and the `ssh` that it starts, read into the paths of a step's folders.
enum AnsiblePath {
    /// Whether a path is the same everywhere: in a list, between quotes, in a template, as the name of a socket.
    static func isPlain(_ path: String) -> Bool {
        !path.unicodeScalars.contains { ":,%${}\"'\\\n".unicodeScalars.contains($0) }
    }

    /// Whether Ansible would take a path for a template.
    static func isTemplate(_ path: String) -> Bool { ["{{", "{%", "{#"].contains { path.contains($0) } }

    /// The beginning of a path up to the last name that Ansible would take for a template; nil if it has none.
    static func templateRoot(of path: String) -> String? {
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = names.lastIndex(where: { isTemplate(String($0)) }) else { return nil }
        return names[...last].joined(separator: "/")
    }

    /// The variables of this process's environment that Ansible would put into these paths: `HOME` in `/srv/$HOME/site`.
    ///
    /// Without such a variable, Ansible leaves the path as it is.
    static func variables(in paths: [String], of environment: [String: String] = ProcessInfo.processInfo.environment) -> Set<String> {
        let names = paths.flatMap { path in
            path.matches(of: /\$(?:\{([^}]*)\}|([A-Za-z0-9_]+))/).map { String($0.output.1 ?? $0.output.2 ?? "") }
        }
        // Without a PATH nothing could be started.
        return Set(names.filter { environment[$0] != nil && $0 != "PATH" })
    }
}
