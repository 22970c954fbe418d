internal import FoundationEssentials

/// The folder for what an account keeps between runs of all its projects.
package enum CacheFolder {
    /// `$XDG_CACHE_HOME/solti-matrix`, or `~/.cache/solti-matrix`; nil for an account without a home.
    package static func root(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return "\(cache)/solti-matrix" }
        return environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.cache/solti-matrix" : nil }
    }

    /// The part of it for one purpose: `podman`, `images`.
    ///
    /// - Parameter state: the state folder, which has it for an account without a home.
    package static func path(_ part: String, state: String) -> String { "\(root() ?? "\(state)/cache")/\(part)" }
}
