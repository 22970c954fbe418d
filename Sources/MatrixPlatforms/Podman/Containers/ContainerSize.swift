internal import MatrixCore

/// The parts of a host's size that this machine's cgroups can enforce.
struct ContainerSize: Sendable, Hashable {
    /// Options of `podman create`.
    private(set) var options: [String] = []
    /// Requested parts that have no effect: `memory`, `disk`.
    private(set) var ignored: [String] = []

    init(_ size: HostSize, facts: PodmanFacts) {
        if facts.controllers.contains("pids") { options += ["--pids-limit", "-1"] }
        if let cores = size.cores {
            if facts.controllers.contains("cpu") { options += ["--cpus", "\(cores)"] } else { ignored.append("cores") }
        }
        if let memory = size.memory {
            if facts.controllers.contains("memory") { options += ["--memory", "\(memory)b"] } else { ignored.append("memory") }
        }
        if size.disk != nil { ignored.append("disk") }
        if size.type != nil { ignored.append("type") }
    }
}
