internal import FoundationEssentials
internal import Synchronization

/// What child processes get of this process's environment: by default everything but the variables that hold secrets of the matrix.
///
/// There is one for the process, as there is one environment: a program that is started anywhere must not get a secret by mistake.
public final class ChildEnvironment: Sendable {
    /// That of this process.
    public static let shared = ChildEnvironment()

    private struct State {
        var withheld: Set<String> = []
        var isClean = false
    }

    private let state = Mutex(State())

    init() {}

    /// Keeps variables from all children that do not get them by name.
    public func withhold(_ names: some Sequence<String>) {
        let names = Set(names)
        state.withLock { $0.withheld.formUnion(names) }
    }

    /// Keeps everything from children that a program does not need in order to start: `environment: clean`.
    public func clean() { state.withLock { $0.isClean = true } }

    /// The variables of an environment that a child does not inherit.
    ///
    /// - Parameter seesSecrets: whether the child is a source of secrets, which may need one to get another.
    func removed(from environment: some Sequence<String>, seesSecrets: Bool) -> [String] {
        let state = state.withLock { $0 }
        return environment.filter { name in
            if state.withheld.contains(name) { return !seesSecrets }
            return state.isClean && !seesSecrets && !Self.isNeeded(name)
        }
    }

    /// The same for this process's environment.
    func removed(seesSecrets: Bool) -> [String] {
        removed(from: ProcessInfo.processInfo.environment.keys, seesSecrets: seesSecrets)
    }

    private static func isNeeded(_ name: String) -> Bool {
        needed.contains(name) || name.hasPrefix("LC_") || name.hasPrefix("XDG_")
            || ["http_proxy", "https_proxy", "no_proxy", "all_proxy"].contains(name.lowercased())
    }

    private static let needed: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TERM", "TMPDIR", "PWD", "SSH_AUTH_SOCK",
        "DBUS_SESSION_BUS_ADDRESS",
    ]
}
