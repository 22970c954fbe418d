internal import MatrixCore

/// Real hosts for the fake's instances: containers on a bridge.
public final class PodmanHosts: HostLender {
    /// Their bridge.
    public let bridge: PodmanBridge
    /// The container images by system, such as `debian12`.
    private let images: [String: String]

    public init(on bridge: PodmanBridge, images: [String: String]) {
        self.bridge = bridge
        self.images = images
    }

    // MARK: - HostLender

    public func address(of instance: Int) -> String { bridge.address(of: name(of: instance)) }

    public func start(_ instance: Int, _ seed: HostSeed) async throws {
        guard let image = images[seed.system] else {
            throw InfrastructureError(
                "no host of \(seed.image)",
                why: "this fake has only hosts of \(images.keys.sorted().joined(separator: ", "))", isTransient: false)
        }
        try await bridge.start(
            BridgeHost(name: name(of: instance), hostName: seed.label, image: image, system: seed.system, files: try files(seed)))
    }

    public func power(_ instance: Int, on: Bool) async throws { try await bridge.power(name(of: instance), on: on) }

    public func remove(_ instance: Int) async throws { try await bridge.remove(name(of: instance)) }

    // MARK: - Parts

    private func name(of instance: Int) -> String { "\(bridge.name)-\(instance)" }

    /// The files in the machine on its first boot, by path.
    private func files(_ seed: HostSeed) throws -> [String: String] {
        var files = ["/root/.ssh/authorized_keys": seed.authorizedKeys.joined(separator: "\n") + "\n"]
        if let userData = seed.userData {
            let made = try CloudConfig(userData).files
            if !seed.hasForeignHostKeys { files.merge(made) { _, new in new } }
            // The image's first boot makes keys of all other kinds too. cloud-init makes only the keys that it is given.
            let keys = made.keys.filter { !$0.hasSuffix(".pub") }.sorted()
            if !keys.isEmpty { files["/etc/ssh/sshd_config.d/02-cloud-init.conf"] = keys.map { "HostKey \($0)\n" }.joined() }
        }
        if seed.sshDelay > 0 {
            files["/etc/systemd/system/ssh.service.d/20-late.conf"] =
                "[Service]\nExecStartPre=/bin/sleep \(seed.sshDelay)\nTimeoutStartSec=infinity\n"
        }
        return files
    }
}
