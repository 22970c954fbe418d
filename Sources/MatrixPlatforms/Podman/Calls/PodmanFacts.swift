internal import MatrixCore

/// What this machine's Podman is and needs, found out once.
struct PodmanFacts: Sendable {
    /// `podman info`.
    let info: Value
    /// `--runtime …`, or nothing where Podman's own choice works.
    let runtimeOptions: [String]
    /// `--ulimit …`, where its own would be refused.
    let limitOptions: [String]
    /// The capabilities that a host gets beside Podman's default set.
    let capabilities: [String]
    /// What keeps containers from starting at all.
    let problems: [PreflightProblem]
    /// How many inotify instances the kernel gives an account; nil where it does not say.
    let mostWatchers: Int?

    var version: String { info["version"]?["Version"]?.string ?? "" }
    /// `netavark` or `cni`.
    var networkBackend: String { info["host"]?["networkBackend"]?.string ?? "netavark" }
    /// Whether a profile would keep systemd from mounting.
    var hasAppArmor: Bool { info["host"]?["security"]?["apparmorEnabled"] == .bool(true) }
    /// The cgroup controllers that Podman can use; empty where it does not say.
    var controllers: [String] {
        guard case .list(let names)? = info["host"]?["cgroupControllers"] else { return [] }
        return names.compactMap(\.string)
    }

    /// The options that every container of ours is made with, the builders of images too.
    var containerOptions: [String] { limitOptions + (hasAppArmor ? ["--security-opt", "apparmor=unconfined"] : []) }
}
