public import MatrixCore

extension Endpoint {
    /// The `-o` options that any OpenSSH client needs for this host beside address, port, user and key.
    ///
    /// Used by the transport itself, by Ansible's inventory and by `matrix ssh`.
    /// Paths in them are written for ssh_config's parser, which splits at blanks and expands percent signs.
    public var options: [String] {
        [
            "UserKnownHostsFile=\(Self.optionWord(knownHostsFile))", "GlobalKnownHostsFile=/dev/null", "HostKeyAlias=\(alias)",
            "StrictHostKeyChecking=\(hostKeys.isEmpty ? "accept-new" : "yes")",
        ] + (keyFile.isEmpty ? [] : ["IdentitiesOnly=yes"])
            + ["BatchMode=yes", "PasswordAuthentication=no", "LogLevel=ERROR"] + (furtherOptions ?? [])
    }

    /// The address and the other settings as lines of an `ssh_config` that stands alone. Of two settings OpenSSH takes the first.
    ///
    /// - Parameter identity: the lines that name the key.
    public func entry(identity: [String]) -> [String] {
        let isNamed = furtherOptions?.contains { $0.lowercased().hasPrefix("hostname=") } ?? false
        let name = isNamed ? [] : ["HostName=\(address.replacing("%", with: "%%"))"]
        return name + ["Port=\(port)", "User=\(user)"] + identity + options
    }

    /// What a person types to log in with their own keys.
    public var loginCommand: String {
        let further = (furtherOptions ?? []).flatMap { ["-o", $0] }
        return ShellQuoting.join(["ssh"] + further + ["-p", "\(port)", "\(user)@\(address)"])
    }

    /// Whether it is a host of the user's: then the user's own ssh_config says how it is reached. It does not for a run's machines.
    public var hasOwner: Bool { furtherOptions != nil }

    /// The words that choose `ssh`'s configuration files: none of the user's and the system's for a run's machines.
    public var configuration: [String] { hasOwner ? [] : ["-F", "none"] }

    /// A path as the value of an `-o` option or of a line of an ssh_config: percent signs doubled, in quotes if it holds what OpenSSH
    /// reads as a separator, a quote or a comment.
    ///
    /// OpenSSH has no way to write a path with `${NAME}`: it always puts the variable's value there.
    public static func optionWord(_ path: String) -> String {
        let escaped = path.replacing("%", with: "%%")
        let needsQuotes = escaped.unicodeScalars.contains { $0.properties.isWhitespace || "\"'#\\".unicodeScalars.contains($0) }
        return needsQuotes ? "\"\(quotedContent(escaped))\"" : escaped
    }

    /// The inside of a word in double quotes: a backslash is an escape only before a quote or another backslash.
    public static func quotedContent(_ text: String) -> String {
        // By scalars: for Swift a quote with a combining mark is another character; for OpenSSH it is still a quote.
        let scalars = Array(text.unicodeScalars)
        var content = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            let isEscape = scalar == "\\" && (index + 1 == scalars.count || "\"'\\".unicodeScalars.contains(scalars[index + 1]))
            if scalar == "\"" || isEscape { content.append("\\") }
            content.append(scalar)
        }
        return String(content)
    }
}
