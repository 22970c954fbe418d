internal import MatrixCore
internal import SystemPackage

/// The `ssh_config` of a run: how each of its hosts is reached, so that what people paste is short.
struct SSHConfiguration: Sendable {
    /// Beside the known_hosts file.
    let path: String

    init(for endpoint: Endpoint) {
        path = FilePath(endpoint.knownHostsFile).removingLastComponent().appending("ssh_config").string
    }

    /// Adds a host under its alias; of two entries OpenSSH takes the first, and a host that is made anew has a new port.
    func add(_ endpoint: Endpoint) {
        let identity = endpoint.keyFile.isEmpty ? [] : ["IdentityFile=\(Endpoint.optionWord(endpoint.keyFile))"]
        let settings = ["HostName=\(endpoint.address)", "Port=\(endpoint.port)", "User=\(endpoint.user)"] + identity
        let lines = (settings + endpoint.options).map { "  \($0.replacing("=", with: " ", maxReplacements: 1))" }
        let entry = (["Host \(endpoint.alias)"] + lines).joined(separator: "\n") + "\n"
        // Only what is shown to people depends on it: without it the connection is as good.
        guard
            let file = try? FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.append, .create, .closeOnExec], permissions: .ownerReadWrite)
        else { return }
        _ = try? file.closeAfter { try file.writeAll(entry.utf8) }
    }

    /// Whether it can be named to people: all that `ssh -F` expands in the path itself is left alone.
    var isPasteable: Bool { !path.contains("%") }
}
