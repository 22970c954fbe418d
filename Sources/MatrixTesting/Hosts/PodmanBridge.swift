internal import Foundation
public import MatrixCore
internal import Synchronization

/// A bridge that only this machine reaches, and the hosts on it: Podman containers with systemd and sshd. Each has its own address,
/// and they reach each other.
///
/// Needs root: other accounts cannot reach a container by its address.
public final class PodmanBridge: Sendable {
    /// The options that Podman needs for containers that are hosts.
    public struct Kit: Sendable {
        /// Options before the verb: `--runtime runc`.
        public var options: [String]
        /// Options of `create`: capabilities and limits.
        public var creation: [String]

        public init(options: [String], creation: [String]) {
            self.options = options
            self.creation = creation
        }
    }

    /// The label of everything on a bridge. Its value is the bridge's name.
    public static let label = "solti-lab"
    /// The label with the id of the process that owns the bridge.
    private static let owner = "solti-lab-owner"
    /// The first address that is not assigned here, but by others who put containers on the bridge.
    public static let firstForeignAddress = 128

    public let name: String
    /// The first three parts of its addresses: `10.64.7`.
    public let prefix: String
    private let kit: Kit
    private let seeds: String?
    private let runner: any Transport
    private let numbers = Mutex<[String: Int]>([:])

    private init(_ kit: Kit, _ runner: any Transport, seeds: String?, name: String, prefix: String) {
        self.kit = kit
        self.runner = runner
        self.seeds = seeds
        self.name = name
        self.prefix = prefix
    }

    /// Makes a bridge. First removes the bridges that killed processes left behind.
    ///
    /// - Parameters:
    ///   - seeds: a folder with a folder for each system. Every host of the system gets its files.
    ///   - runner: runs `podman` on this machine.
    public static func make(_ kit: Kit, seeds: String? = nil, runner: any Transport) async throws -> PodmanBridge {
        try await sweep(runner)
        var last: CommandResult?
        for _ in 0..<10 {
            let (one, two) = (Int.random(in: 64...127), Int.random(in: 0...255))
            let name = "solti-lab-\(one)-\(two)"
            let labels = ["--label", "\(label)=\(name)", "--label", "\(owner)=\(ProcessInfo.processInfo.processIdentifier)"]
            let command = Command(["podman", "network", "create", "--disable-dns"] + labels + ["--subnet", "10.\(one).\(two).0/24", name])
            let result = try await runner.run(command)
            if result.succeeded { return PodmanBridge(kit, runner, seeds: seeds, name: name, prefix: "10.\(one).\(two)") }
            last = result
        }
        throw InfrastructureError("cannot make a bridge for hosts on this machine", why: last?.errorOutput ?? "", isTransient: false)
    }

    /// Removes the bridge and everything on it.
    public func close() async throws {
        try await Self.remove(name, runner)
    }

    /// The names of the containers on it.
    public func containers() async throws -> [String] { try await Self.containers(of: name, runner) }

    // MARK: - Hosts

    /// The address that the host with this container name has or will have.
    public func address(of container: String) -> String {
        let number = numbers.withLock { numbers in
            if let number = numbers[container] { return number }
            let taken = Set(numbers.values)
            // If all are in use, Podman refuses the second host with the same address, with an error.
            let number = (2..<Self.firstForeignAddress).first { !taken.contains($0) } ?? 2
            numbers[container] = number
            return number
        }
        return "\(prefix).\(number)"
    }

    /// Makes a host and boots it. Returns when an SSH connection can be tried.
    public func start(_ host: BridgeHost) async throws {
        try await podman(
            kit.options + ["create", "--name", host.name] + place(host.name) + [
                "--hostname", host.hostName, "--no-hosts", "--pull=never", "--systemd=always",
            ]
                + ["--stop-timeout", "2"] + kit.creation + [host.image, "/sbin/init"])
        if let seed = seeds.map({ "\($0)/\(host.system)" }), FileManager.default.fileExists(atPath: seed) {
            try await podman(["cp", "\(seed)/.", "\(host.name):/"])
        }
        // Makes each missing kind of host key, as cloud-init does. Without any key, the unit's first step fails.
        let keys = "[Service]\nExecStartPre=\nExecStartPre=/usr/bin/ssh-keygen -A\n"
        let folder = try Self.folder(of: host.files.merging(["/etc/systemd/system/ssh.service.d/10-keys.conf": keys]) { $1 })
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await podman(["cp", "\(folder)/.", "\(host.name):/"])
        try await podman(kit.options + ["start", host.name])
    }

    /// Runs a program in a separate container, which is not a host.
    ///
    /// - Parameter folders: folders of this machine that it reads at the same path.
    public func run(_ program: [String], named container: String, image: String, reading folders: [String]) async throws {
        let volumes = folders.flatMap { ["--volume", "\($0):\($0):ro"] }
        try await podman(
            kit.options + ["run", "--detach", "--name", container] + place(container) + [
                "--pull=never", "--init=false", "--stop-timeout", "1",
            ] + volumes + kit.creation
                + [image] + program)
    }

    /// Runs a command in a container.
    @discardableResult
    public func execute(_ command: [String], in container: String) async throws -> CommandResult {
        try await podman(["exec", container] + command)
    }

    public func power(_ container: String, on: Bool) async throws {
        try await podman(kit.options + (on ? ["restart", "--time", "2"] : ["stop", "--time", "5"]) + [container])
    }

    /// Removes a container. It is a success if there is none.
    public func remove(_ container: String) async throws {
        try await podman(kit.options + ["rm", "--force", "--ignore", "--time", "0", "--volumes", container])
        numbers.withLock { $0[container] = nil }
    }

    // MARK: - Parts

    private func place(_ container: String) -> [String] {
        ["--label", "\(Self.label)=\(name)", "--network", name, "--ip", address(of: container)]
    }

    /// Writes the files to a folder here, with the paths and modes that they get in the container.
    private static func folder(of files: [String: String]) throws -> String {
        let root = NSTemporaryDirectory() + "solti-lab-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        for (path, text) in files {
            let file = URL(fileURLWithPath: root + path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
            let isSecret = path.contains(".ssh") || path.hasSuffix("_key")
            let made = FileManager.default.createFile(
                atPath: file.path, contents: Data(text.utf8), attributes: [.posixPermissions: isSecret ? 0o600 : 0o644])
            guard made else { throw InfrastructureError("writing \(file.path)", why: "the file could not be created", isTransient: false) }
        }
        return root
    }

    @discardableResult
    private func podman(_ words: [String]) async throws -> CommandResult { try await Self.podman(words, runner) }

    @discardableResult
    private static func podman(_ words: [String], _ runner: any Transport) async throws -> CommandResult {
        let command = Command(["podman"] + words, timeout: .seconds(120))
        return try await runner.require(command, "podman \(words.first { !$0.hasPrefix("-") } ?? "") for hosts of this machine")
    }

    private static func lines(_ words: [String], _ runner: any Transport) async throws -> [String] {
        try await podman(words, runner).output.split(separator: "\n").map(String.init)
    }

    // MARK: - Removal

    private static func containers(of bridge: String, _ runner: any Transport) async throws -> [String] {
        try await lines(["ps", "--all", "--format", "{{.Names}}", "--filter", "label=\(label)=\(bridge)"], runner)
    }

    private static func remove(_ bridge: String, _ runner: any Transport) async throws {
        // If Podman removes many at once, one can stay.
        for _ in 0..<3 {
            let left = try await containers(of: bridge, runner)
            if left.isEmpty { break }
            _ = try await runner.run(
                Command(["podman", "rm", "--force", "--ignore", "--time", "0", "--volumes"] + left, timeout: .seconds(120)))
        }
        try await podman(["network", "rm", "--force", bridge], runner)
    }

    private static func sweep(_ runner: any Transport) async throws {
        for bridge in try await lines(["network", "ls", "--filter", "label=\(label)", "--format", "{{.Name}}"], runner) {
            // Another process may have removed it in the meantime.
            let format = "{{index .Labels \"\(owner)\"}}"
            let asked = try await runner.run(Command(["podman", "network", "inspect", "--format", format, bridge], timeout: .seconds(60)))
            let process = asked.output.trimmingCharacters(in: .whitespacesAndNewlines)
            if asked.succeeded, !process.isEmpty, !FileManager.default.fileExists(atPath: "/proc/\(process)") {
                try await remove(bridge, runner)
            }
        }
    }
}
