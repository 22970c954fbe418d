internal import Foundation
internal import Glibc
public import MatrixCore

/// A real OpenSSH server on loopback with its keys, for the account that runs the tests.
public final class RealSSHServer: Sendable {
    /// Whether this machine has the programs. Without them, tests that need them are skipped.
    public static let isAvailable = program != nil && FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen")
    private static let program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Contains keys, configuration and log. ``stop()`` removes it.
    public let directory: String
    public let address: String
    public let port: Int
    /// The account to log in with.
    public let user: String
    private let options: [String]
    private let isolation: String?

    /// Gives a server its own /run, /var/lib and home: what is changed there is changed for nobody else, and gone with the server.
    public static let ownFolders = """
        mount -t tmpfs tmpfs /run && mkdir -p /run/sshd && mount -t tmpfs tmpfs /var/lib &&
          mount -t tmpfs -o mode=700 tmpfs "$(getent passwd "$(id -u)" | cut -d: -f6)" || exit 1
        """

    /// Starts a server and waits until it answers.
    ///
    /// - Parameters:
    ///   - address: the address to listen on, any of 127.0.0.0/8.
    ///   - port: nil for a free one.
    ///   - folder: the start of its folder's name.
    ///   - options: more lines for its configuration: `MaxSessions 2`.
    ///   - isolation: a script that mounts what only this server sees before it starts, as ``ownFolders`` does; needs root.
    public init(
        address: String = "127.0.0.1", port: Int? = nil, folder: String = "solti-sshd", options: [String] = [], isolation: String? = nil
    ) throws {
        let directory = FileManager.default.temporaryDirectory.path + "/\(folder)-\(UInt32.random(in: 0...UInt32.max))"
        self.directory = directory
        self.address = address
        user = String(cString: getpwuid(geteuid()).pointee.pw_name)
        self.options = options
        self.isolation = isolation
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        do {
            try Self.makeKey(at: "\(directory)/host_ed25519")
            try Self.makeKey(at: "\(directory)/id_ed25519")
            try FileManager.default.copyItem(atPath: "\(directory)/id_ed25519.pub", toPath: "\(directory)/authorized_keys")
            // No port that the kernel assigns to connections: one of them could take it while the server is down.
            let ports = port.map { [$0] } ?? (0..<20).map { _ in Int.random(in: 10_000..<32_000) }
            guard let free = try ports.first(where: { try Self.launch(in: directory, address, $0, options, isolation) }) else {
                throw Self.taken(address, ports)
            }
            self.port = free
        } catch {
            try? FileManager.default.removeItem(atPath: directory)
            throw error
        }
    }

    /// The private key that may log in.
    public var keyFile: String { "\(directory)/id_ed25519" }
    /// The server's public key.
    public var hostKey: String { Self.line(of: "\(hostKeyFile).pub") }
    /// Its log.
    public var log: String { Self.line(of: "\(directory)/log", all: true) }
    private var hostKeyFile: String { "\(directory)/host_ed25519" }

    /// How to reach it.
    ///
    /// - Parameters:
    ///   - trusting: whether its host key is known before.
    ///   - keyFile: a key instead of the one that may log in.
    public func endpoint(alias: String = "real-sshd", trusting: Bool = true, keyFile: String? = nil) -> Endpoint {
        Endpoint(
            address: address, port: port, user: user, keyFile: keyFile ?? self.keyFile, knownHostsFile: "\(directory)/known_hosts",
            alias: alias,
            hostKeys: trusting ? [hostKey] : [])
    }

    /// Starts it, or restarts it on the same port.
    public func start() throws {
        guard try Self.launch(in: directory, address, port, options, isolation) else { throw Self.taken(address, [port]) }
    }

    /// Starts a server and waits until it answers.
    ///
    /// - Returns: whether the port was free.
    private static func launch(in directory: String, _ address: String, _ port: Int, _ options: [String], _ isolation: String?) throws
        -> Bool
    {
        try configuration(directory, address, port, options).write(toFile: "\(directory)/sshd_config", atomically: true, encoding: .utf8)
        try? FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        let log = "\(directory)/log"
        let logged = line(of: log, all: true).utf8.count
        // As a daemon: sshd closes the descriptor that Foundation watches a child with, and then all of Foundation's waits block.
        let sshd = [program ?? "/usr/sbin/sshd", "-E", log, "-f", "\(directory)/sshd_config"]
        if let isolation {
            try run("/usr/bin/unshare", ["--mount", "--propagation", "private", "sh", "-c", isolation + "\nexec \"$@\"", "sh"] + sshd)
        } else {
            try run(sshd[0], Array(sshd.dropFirst()))
        }
        for _ in 0..<patience {
            // It listens before it writes its process id. It is already a daemon when it finds that its port is in use.
            if processID(in: directory) > 0, answers(at: address, port) { return true }
            if line(of: log, all: true).utf8.dropFirst(logged).contains("Cannot bind any address".utf8) { return false }
            usleep(20_000)
        }
        throw InfrastructureError("starting sshd", why: line(of: log, all: true), next: "see \(log)", isTransient: false)
    }

    private static func taken(_ address: String, _ ports: [Int]) -> InfrastructureError {
        let list = ports.map { "\($0)" }.joined(separator: ", ")
        return InfrastructureError(
            "starting sshd", why: "another process listens on \(address), port \(list)",
            next: "see who: ss -ltnp", isTransient: false)
    }

    /// Gives it another host key, as on a rebuilt machine.
    public func changeHostKey() throws {
        end()
        try FileManager.default.removeItem(atPath: hostKeyFile)
        try FileManager.default.removeItem(atPath: "\(hostKeyFile).pub")
        try Self.makeKey(at: hostKeyFile)
        try start()
    }

    /// Kills the server's side of every connection, as if the host died.
    public func killConnections() {
        for child in Self.descendants(of: processID) { kill(child, SIGKILL) }
    }

    /// Stops the server. Connections and their commands stay.
    public func end() {
        guard processID > 0 else { return }
        kill(processID, SIGTERM)
        for _ in 0..<Self.patience {
            guard Self.answers(at: address, port) else { break }
            usleep(20_000)
        }
        try? FileManager.default.removeItem(atPath: "\(directory)/pid")
    }

    /// Stops the server and all connections, and removes its folder.
    public func stop() {
        killConnections()
        end()
        // The last messages of a connection may create the log again.
        for _ in 0..<50 {
            guard FileManager.default.fileExists(atPath: directory) else { break }
            try? FileManager.default.removeItem(atPath: directory)
            usleep(20_000)
        }
    }

    private var processID: pid_t { Self.processID(in: directory) }

    private static func processID(in directory: String) -> pid_t { pid_t(line(of: "\(directory)/pid")) ?? 0 }

    private static func configuration(_ directory: String, _ address: String, _ port: Int, _ options: [String]) -> String {
        (options + [
            "Port \(port)", "ListenAddress \(address)", "HostKey \"\(directory)/host_ed25519\"", "PidFile \"\(directory)/pid\"",
            "AuthorizedKeysFile \"\(directory)/authorized_keys\"", "Subsystem sftp internal-sftp", "StrictModes no",
            "PermitRootLogin prohibit-password",
            "PasswordAuthentication no", "KbdInteractiveAuthentication no", "UsePAM no", "UseDNS no", "MaxStartups 200", "LogLevel VERBOSE",
        ]).joined(separator: "\n") + "\n"
    }

    /// How long to wait for the server's start and end, in units of 20 ms: the machine may be busy.
    private static let patience = 3000

    private static func answers(at address: String, _ port: Int) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(socket) }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, address, &place.sin_addr)
        return withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        } == 0
    }

    private static func makeKey(at path: String) throws {
        try run("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path])
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw InfrastructureError("starting \(program)", why: "exit status \(process.terminationStatus)", isTransient: false)
        }
    }

    private static func line(of path: String, all: Bool = false) -> String {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return all ? text : text.split(separator: "\n").first.map(String.init) ?? ""
    }

    private static func descendants(of process: pid_t) -> [pid_t] {
        guard process > 0 else { return [] }
        let children = line(of: "/proc/\(process)/task/\(process)/children").split(separator: " ").compactMap { pid_t($0) }
        // The server's processes of a connection, not the commands in it: other tests cover a host that dies.
        return children.filter { line(of: "/proc/\($0)/comm") == "sshd" }
            + children.flatMap { line(of: "/proc/\($0)/comm") == "sshd" ? descendants(of: $0) : [] }
    }
}
