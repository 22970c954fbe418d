internal import Foundation
public import MatrixCore

extension SSHConnector {
    /// Connects to a host as `ssh DESTINATION` does, with the user's own configuration, keys and known hosts.
    ///
    /// - Parameters:
    ///   - destination: `host`, `user@host`, `user@host:port`, or a name of the configuration.
    ///   - configuration: a file instead of the user's own (`ssh -F`).
    /// - Throws: `InfrastructureError`, without waiting.
    /// - Returns: the connection, and how the host is reached as far as `ssh -G` says it.
    public func connect(toDestination destination: String, configuration: String? = nil) async throws -> (
        transport: any Transport, endpoint: Endpoint
    ) {
        guard !destination.hasPrefix("-"), HostGrammar.isLine(destination) else {
            throw UsageError("'\(PlainText.clean(destination))' is no host", hint: "write HOST, USER@HOST or USER@HOST:PORT")
        }
        let words = (configuration.map { ["-F", $0] } ?? []) + [Self.word(of: destination)]
        let settings = try await SSHSettings.ask(words, of: destination, by: LocalTransport())
        let endpoint = Endpoint(
            address: settings.address ?? destination, port: settings.port ?? 22, user: settings.user ?? "root", keyFile: "",
            knownHostsFile: "",
            alias: destination)
        let directory = try ControlDirectory(controlDirectory)
        let master = SSHMaster(SSHCommandLine(endpoint: endpoint, socket: directory.newSocket(for: destination), destination: words))
        guard let complaint = try await master.open(within: attemptLimit) else { return (SSHTransport(master), endpoint) }
        throw Self.failure(complaint, destination, master)
    }

    /// `user@host:port` as the URI that ssh reads; all else as it is.
    private static func word(of destination: String) -> String {
        let host = destination.split(separator: "@").last ?? ""
        guard !destination.contains("://"), host.count(where: { $0 == ":" }) == 1 || host.hasPrefix("[") else { return destination }
        return "ssh://\(destination)"
    }

    private static func failure(_ complaint: SSHComplaint, _ destination: String, _ master: SSHMaster) -> InfrastructureError {
        let next =
            switch complaint.kind {
            case .hostKey: "log in once by hand to accept its key, or see what changed: ssh \(destination)"
            case .denied: "let it in without a password: ssh-copy-id \(destination)"
            case .waiting: "see what it says: ssh \(destination)"
            }
        return InfrastructureError(
            "connecting to \(destination)", why: complaint.reason, next: next, type: .sshConnection, isTransient: false,
            command: master.failure)
    }
}
