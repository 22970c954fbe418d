public import MatrixCore

extension Endpoint {
    /// The `-o` options that any OpenSSH client needs for this host beside address, port, user and key.
    ///
    /// Used by the transport itself, by Ansible's inventory and by `matrix ssh`.
    /// Paths in them are written for ssh_config's parser, which splits at blanks and expands percent signs.
    public var options: [String] {
        [
            "UserKnownHostsFile=\(Self.optionWord(knownHostsFile))", "GlobalKnownHostsFile=/dev/null", "HostKeyAlias=\(alias)",
            "StrictHostKeyChecking=\(hostKeys.isEmpty ? "accept-new" : "yes")", "IdentitiesOnly=\(keyFile.isEmpty ? "no" : "yes")",
            "BatchMode=yes",
            "PasswordAuthentication=no", "LogLevel=ERROR",
        ] + (furtherOptions ?? [])
    }

    /// What a person types to log in with their own keys.
    public var loginCommand: String {
        let further = (furtherOptions ?? []).flatMap { ["-o", $0] }
        return ShellQuoting.join(["ssh"] + further + ["-p", "\(port)", "\(user)@\(address)"])
    }

    /// A path as the value of an `-o` option: quoted if it holds blanks, percent signs doubled.
    static func optionWord(_ path: String) -> String {
        let escaped = path.replacing("%", with: "%%")
        return escaped.contains(where: \.isWhitespace) ? "\"\(escaped)\"" : escaped
    }
}
