internal import MatrixCore
internal import SystemPackage

/// The `ssh_config` of a run: how each of its hosts is reached, so that pasted commands are short.
struct SSHConfiguration: Sendable {
    /// Next to the known_hosts file.
    let path: String

    init(for endpoint: Endpoint) {
        path = FilePath(endpoint.knownHostsFile).removingLastComponent().appending("ssh_config").string
    }

    /// Adds a host under its alias; of two entries OpenSSH takes the first, and a host that is made anew has a new port.
    func add(_ endpoint: Endpoint) {
        let identity = endpoint.keyFile.isEmpty ? [] : ["IdentityFile=\(Endpoint.optionWord(endpoint.keyFile))"]
        let lines = endpoint.entry(identity: identity).map { "  \($0.replacing("=", with: " ", maxReplacements: 1))" }
        let entry = (["Host \(endpoint.alias)"] + lines).joined(separator: "\n") + "\n"
        // Only the commands shown to people need it: the connection works without it.
        guard
            let file = try? FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.append, .create, .closeOnExec], permissions: .ownerReadWrite)
        else { return }
        _ = try? file.closeAfter { try file.writeAll(entry.utf8) }
    }

    /// Whether pasted commands can name it: `ssh -F` would expand a `%` in the path.
    var isPasteable: Bool { !path.contains("%") }
}
