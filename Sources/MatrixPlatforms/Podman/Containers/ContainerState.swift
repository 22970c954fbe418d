internal import MatrixCore

/// What `podman container inspect` says about one container.
struct ContainerState: Sendable {
    let value: Value

    var id: String { value["Id"]?.string ?? "" }
    var isRunning: Bool { value["State"]?["Running"] == .bool(true) }
    /// `created`, `running`, `exited`, ….
    var status: String { value["State"]?["Status"]?.string ?? "unknown" }
    /// Nil if Podman reports none.
    var exitCode: Int? { value["State"]?["ExitCode"]?.wholeNumber }
    /// Whether the kernel killed it because memory ran out.
    var isOutOfMemory: Bool { value["State"]?["OOMKilled"] == .bool(true) }
    var image: String { value["Image"]?.string ?? "" }
    var labels: [String: String] { PodmanLabels.read(value["Config"]?["Labels"]) }

    /// The port on 127.0.0.1 that leads to its sshd.
    var port: Int? {
        let published = value["NetworkSettings"]?["Ports"]?["22/tcp"] ?? value["HostConfig"]?["PortBindings"]?["22/tcp"]
        return published?.elements.first?["HostPort"]?.string.flatMap { Int($0) }
    }

    /// Its address on a network; on any network if it is not on that one.
    func address(on network: String?) -> String? {
        guard case .map(let networks)? = value["NetworkSettings"]?["Networks"] else { return nil }
        let preferred = network.flatMap { networks[$0] }.map { [$0] } ?? []
        let others = networks.sorted { $0.key < $1.key }.map(\.value)
        return (preferred + others).lazy.compactMap { $0["IPAddress"]?.string }.first(where: HostGrammar.isIPAddress)
    }
}
