internal import Foundation
internal import Glibc
public import MatrixCore

/// A real OpenSSH server on 127.0.0.1 with keys of its own, for the account that runs the tests.
public final class RealSSHServer: Sendable {
    /// Whether this machine has the programs; where it has not, tests that need them are skipped.
    public static let isAvailable = program != nil && FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen")
    private static let program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Holds keys, configuration and log; removed by ``stop()``.
    public let directory: String
    public let port: Int
    /// The account to log in with.
    public let user: String
    private let options: [String]

    /// Starts a server and waits until it answers.
    ///
    /// - Parameter options: further lines of its configuration: `MaxSessions 2`.
    public init(options: [String] = []) throws {
        directory = FileManager.default.temporaryDirectory.path + "/solti-sshd-\(UInt32.random(in: 0...UInt32.max))"
        port = try Self.freePort()
        user = String(cString: getpwuid(geteuid()).pointee.pw_name)
        self.options = options
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Self.makeKey(at: hostKeyFile)
        try Self.makeKey(at: keyFile)
        try FileManager.default.copyItem(atPath: "\(keyFile).pub", toPath: "\(directory)/authorized_keys")
        try start()
    }

    /// The private key that may log in.
    public var keyFile: String { "\(directory)/id_ed25519" }
    /// The server's public key.
    public var hostKey: String { Self.line(of: "\(hostKeyFile).pub") }
    /// What it logged.
    public var log: String { Self.line(of: "\(directory)/log", all: true) }
    private var hostKeyFile: String { "\(directory)/host_ed25519" }

    /// How to reach it.
    ///
    /// - Parameters:
    ///   - trusting: whether its key is known beforehand.
    ///   - keyFile: another key than the one that may log in.
    public func endpoint(alias: String = "real-sshd", trusting: Bool = true, keyFile: String? = nil) -> Endpoint {
        Endpoint(
            address: "127.0.0.1", port: port, user: user, keyFile: keyFile ?? self.keyFile, knownHostsFile: "\(directory)/known_hosts", alias: alias,
            hostKeys: trusting ? [hostKey] : [])
    }

    /// Starts it (again) on the same port.
    public func start() throws {
        try configuration.write(toFile: "\(directory)/sshd_config", atomically: true, encoding: .utf8)
        try? FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        // As a daemon: sshd closes the descriptor by which Foundation follows a child, which then blocks all of its waits.
        try Self.run(Self.program ?? "/usr/sbin/sshd", ["-E", "\(directory)/log", "-f", "\(directory)/sshd_config"])
        guard waitUntil(answers: true) else { throw InfrastructureError("starting sshd", why: log, next: "see \(directory)/log", isTransient: false) }
    }

    /// Gives it another host key, as a machine that was built anew has.
    public func changeHostKey() throws {
        end()
        try FileManager.default.removeItem(atPath: hostKeyFile)
        try FileManager.default.removeItem(atPath: "\(hostKeyFile).pub")
        try Self.makeKey(at: hostKeyFile)
        try start()
    }

    /// Kills the server's part of every connection, as a host that dies does.
    public func killConnections() {
        for child in Self.descendants(of: processID) { kill(child, SIGKILL) }
    }

    /// Ends the server; connections and their commands stay.
    public func end() {
        guard processID > 0 else { return }
        kill(processID, SIGTERM)
        _ = waitUntil(answers: false)
        try? FileManager.default.removeItem(atPath: "\(directory)/pid")
    }

    /// Ends the server with all connections and removes its folder.
    public func stop() {
        killConnections()
        end()
        // A connection's last words may make its log again.
        for _ in 0..<50 where FileManager.default.fileExists(atPath: directory) {
            try? FileManager.default.removeItem(atPath: directory)
            usleep(20_000)
        }
    }

    private var processID: pid_t { pid_t(Self.line(of: "\(directory)/pid")) ?? 0 }

    private var configuration: String {
        (options + [
            "Port \(port)", "ListenAddress 127.0.0.1", "HostKey \(hostKeyFile)", "PidFile \(directory)/pid", "AuthorizedKeysFile \(directory)/authorized_keys", "StrictModes no",
            "PermitRootLogin prohibit-password", "PasswordAuthentication no", "KbdInteractiveAuthentication no", "UsePAM no", "UseDNS no", "MaxStartups 200",
            "LogLevel VERBOSE",
        ]).joined(separator: "\n") + "\n"
    }

    private func waitUntil(answers wanted: Bool) -> Bool {
        for _ in 0..<250 {
            // It listens before it writes its process id.
            if answers == wanted, !wanted || processID > 0 { return true }
            usleep(20_000)
        }
        return false
    }

    private var answers: Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(socket) }
        return Self.withAddress(port: port) { connect(socket, $0, $1) } == 0
    }

    private static func freePort() throws -> Int {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(socket) }
        var bound = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withAddress(port: 0) { bind(socket, $0, $1) }
        let named = withUnsafeMutablePointer(to: &bound) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) } }
        guard status == 0, named == 0 else { throw InfrastructureError("finding a free port", why: String(cString: strerror(errno))) }
        return Int(UInt16(bigEndian: bound.sin_port))
    }

    private static func withAddress(port: Int, _ work: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { work($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
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
        guard process.terminationStatus == 0 else { throw InfrastructureError("starting \(program)", why: "exit status \(process.terminationStatus)", isTransient: false) }
    }

    private static func line(of path: String, all: Bool = false) -> String {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return all ? text : text.split(separator: "\n").first.map(String.init) ?? ""
    }

    private static func descendants(of process: pid_t) -> [pid_t] {
        guard process > 0 else { return [] }
        let children = line(of: "/proc/\(process)/task/\(process)/children").split(separator: " ").compactMap { pid_t($0) }
        // The server's own part of a connection, not what runs in it: a host that dies is tested elsewhere.
        return children.filter { line(of: "/proc/\($0)/comm") == "sshd" } + children.flatMap { line(of: "/proc/\($0)/comm") == "sshd" ? descendants(of: $0) : [] }
    }
}
