public import MatrixCore

extension Endpoint {
    /// Makes the host known to every OpenSSH client of the run: writes its keys into the run's known_hosts and its entry into the
    /// `ssh_config` beside it.
    ///
    /// - Throws: `InfrastructureError` if the known_hosts file cannot be written.
    public func enroll() async throws {
        try await KnownHosts(path: knownHostsFile).trust(self)
        SSHConfiguration(for: self).add(self)
    }
}
