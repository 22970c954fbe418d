internal import MatrixCore

/// What `podman container inspect` says of one container.
struct ContainerState: Sendable {
    let value: Value

    var id: String { value["Id"]?.string ?? "" }
    var isRunning: Bool { value["State"]?["Running"] == .bool(true) }
    /// `created`, `running`, `exited`, ….
    var status: String { value["State"]?["Status"]?.string ?? "unknown" }
    /// Nil if Podman says none.
    var exitCode: Int? { value["State"]?["ExitCode"]?.wholeNumber }
    /// Whether the kernel ended it for want of memory.
    var isOutOfMemory: Bool { value["State"]?["OOMKilled"] == .bool(true) }
    var image: String { value["Image"]?.string ?? "" }
    var imageName: String { value["ImageName"]?.string ?? "" }
    var labels: [String: String] { PodmanLabels.read(value["Config"]?["Labels"]) }

    /// The port on 127.0.0.1 behind which its sshd listens.
    var port: Int? {
        let published = value["NetworkSettings"]?["Ports"]?["22/tcp"] ?? value["HostConfig"]?["PortBindings"]?["22/tcp"]
        guard case .list(let bindings)? = published else { return nil }
        return bindings.first?["HostPort"]?.string.flatMap { Int($0) }
    }

    /// Its address on a network, or on any where it is on no such.
    func address(on network: String?) -> String? {
        guard case .map(let networks)? = value["NetworkSettings"]?["Networks"] else { return nil }
        let preferred = network.flatMap { networks[$0] }.map { [$0] } ?? []
        let others = networks.sorted { $0.key < $1.key }.map(\.value)
        return (preferred + others).lazy.compactMap { $0["IPAddress"]?.string }.first { !$0.isEmpty }
    }
}
