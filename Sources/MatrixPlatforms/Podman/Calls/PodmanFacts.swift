internal import MatrixCore

/// What this machine's Podman is and needs; detected once.
struct PodmanFacts: Sendable {
    /// `podman info`.
    let info: Value
    /// `--runtime …`; empty if Podman's own choice works.
    let runtimeOptions: [String]
    /// `--ulimit …`; empty if Podman's own limits work.
    let limitOptions: [String]
    /// The capabilities that a host gets in addition to Podman's default set.
    let capabilities: [String]
    /// Problems that keep every container from starting.
    let problems: [PreflightProblem]
    /// The kernel's limit of inotify instances for an account; nil if unknown.
    let mostWatchers: Int?

    var version: String { info["version"]?["Version"]?.string ?? "" }
    /// `netavark` or `cni`.
    var networkBackend: String { info["host"]?["networkBackend"]?.string ?? "netavark" }
    /// Whether AppArmor is on: its profile would keep systemd from mounting.
    var hasAppArmor: Bool { info["host"]?["security"]?["apparmorEnabled"] == .bool(true) }
    /// The cgroup controllers that Podman can use; empty if unknown.
    var controllers: [String] { info["host"]?["cgroupControllers"]?.elements.compactMap(\.string) ?? [] }

    /// The options of every container that matrix makes, image builders included.
    var containerOptions: [String] { limitOptions + (hasAppArmor ? ["--security-opt", "apparmor=unconfined"] : []) }
}
