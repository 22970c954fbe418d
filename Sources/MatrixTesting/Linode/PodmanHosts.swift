internal import Foundation
public import MatrixCore

/// Real hosts behind the fake's instances: Podman containers with systemd and sshd, each with an address of its own on a bridge
/// that only this machine reaches.
///
/// Needs root: nobody else reaches a container by its address.
public final class PodmanHosts: HostLender {
    /// What Podman needs to make containers that are hosts.
    public struct Kit: Sendable {
        /// Before the verb: `--runtime runc`.
        public var options: [String]
        /// Of `create`: capabilities and limits.
        public var creation: [String]
        /// The container images by Linode's, such as `linode/debian12`; they boot by `/sbin/init`.
        public var images: [String: String]

        public init(options: [String], creation: [String], images: [String: String]) {
            self.options = options
            self.creation = creation
            self.images = images
        }
    }

    /// The label of everything that it makes.
    public static let label = "solti-fake-linode"

    /// The bridge's name.
    public let network: String
    private let kit: Kit
    private let runner: any Transport
    private let prefix: String

    private init(_ kit: Kit, _ runner: any Transport, network: String, prefix: String) {
        self.kit = kit
        self.runner = runner
        self.network = network
        self.prefix = prefix
    }

    /// Makes the bridge.
    ///
    /// - Parameter runner: runs `podman` on this machine.
    public static func make(_ kit: Kit, runner: any Transport) async throws -> PodmanHosts {
        var last: CommandResult?
        for _ in 0..<10 {
            let (one, two) = (Int.random(in: 64...127), Int.random(in: 0...255))
            let name = "fake-linode-\(one)-\(two)"
            let command = Command(["podman", "network", "create", "--disable-dns", "--label", label, "--subnet", "10.\(one).\(two).0/24", name])
            let result = try await runner.run(command)
            if result.succeeded { return PodmanHosts(kit, runner, network: name, prefix: "10.\(one).\(two)") }
            last = result
        }
        throw InfrastructureError("no bridge for the fake Linode's hosts", why: last?.errorOutput ?? "", isTransient: false)
    }

    /// Removes everything that is left.
    public func close() async throws {
        let left = try await podman("ps", "--all", "--quiet", "--filter", "label=\(Self.label)=\(network)").output.split(separator: "\n").map(String.init)
        if !left.isEmpty { try await podman(["rm", "--force", "--time", "0"] + left) }
        try await podman("network", "rm", "--force", network)
    }

    /// The names of its containers that are there.
    public func containers() async throws -> [String] {
        try await podman("ps", "--all", "--format", "{{.Names}}", "--filter", "label=\(Self.label)=\(network)").output.split(separator: "\n").map(String.init)
    }

    // MARK: - HostLender

    public func address(of instance: Int) -> String { "\(prefix).\(instance % 250 + 2)" }

    public func start(_ instance: Int, _ seed: HostSeed) async throws {
        guard let image = kit.images[seed.image] else {
            throw InfrastructureError("no host of \(seed.image)", why: "this fake has hosts of \(kit.images.keys.sorted().joined(separator: ", "))", isTransient: false)
        }
        let name = name(of: instance)
        try await podman(
            kit.options + ["create", "--name", name, "--label", "\(Self.label)=\(network)", "--hostname", seed.label, "--no-hosts", "--network", network]
                + ["--ip", address(of: instance), "--pull=never", "--systemd=always", "--stop-timeout", "2"] + kit.creation + [image, "/sbin/init"])
        let folder = try Self.folder(of: files(seed))
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await podman("cp", "\(folder)/.", "\(name):/")
        try await podman(kit.options + ["start", name])
    }

    public func power(_ instance: Int, on: Bool) async throws {
        try await podman(kit.options + (on ? ["restart", "--time", "2"] : ["stop", "--time", "5"]) + [name(of: instance)])
    }

    public func remove(_ instance: Int) async throws {
        try await podman(kit.options + ["rm", "--force", "--ignore", "--time", "0", "--volumes", name(of: instance)])
    }

    // MARK: - Parts

    private func name(of instance: Int) -> String { "\(network)-\(instance)" }

    /// What is in the machine when it first boots, by path.
    private func files(_ seed: HostSeed) throws -> [String: String] {
        var files = ["/root/.ssh/authorized_keys": seed.authorizedKeys.joined(separator: "\n") + "\n"]
        if let userData = seed.userData {
            let made = try CloudConfig(userData).files
            if !seed.hasForeignHostKeys { files.merge(made) { _, new in new } }
            // The image's first boot makes keys of every other kind too; cloud-init makes none beside those that it is given.
            let keys = made.keys.filter { !$0.hasSuffix(".pub") }.sorted()
            if !keys.isEmpty { files["/etc/ssh/sshd_config.d/02-cloud-init.conf"] = keys.map { "HostKey \($0)\n" }.joined() }
        }
        // As cloud-init does, of each kind that is not there; the unit's own first step refuses to go on without any.
        let wait = seed.sshDelay > 0 ? "ExecStartPre=/bin/sleep \(seed.sshDelay)\nTimeoutStartSec=infinity\n" : ""
        files["/etc/systemd/system/ssh.service.d/cloud-init.conf"] = "[Service]\nExecStartPre=\nExecStartPre=/usr/bin/ssh-keygen -A\n\(wait)"
        return files
    }

    /// Files as they shall lie in the container, in a folder here.
    private static func folder(of files: [String: String]) throws -> String {
        let root = NSTemporaryDirectory() + "fake-linode-\(UUID().uuidString)"
        for (path, text) in files {
            let file = URL(fileURLWithPath: root + path)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
            let isSecret = path.contains(".ssh") || path.hasSuffix("_key")
            let made = FileManager.default.createFile(atPath: file.path, contents: Data(text.utf8), attributes: [.posixPermissions: isSecret ? 0o600 : 0o644])
            guard made else { throw InfrastructureError("writing \(file.path)", why: "it could not be made", isTransient: false) }
        }
        return root
    }

    @discardableResult
    private func podman(_ words: String...) async throws -> CommandResult { try await podman(words) }

    @discardableResult
    private func podman(_ words: [String]) async throws -> CommandResult {
        try await runner.require(Command(["podman"] + words, timeout: .seconds(120)), "podman \(words.first ?? "") for the fake Linode")
    }
}
