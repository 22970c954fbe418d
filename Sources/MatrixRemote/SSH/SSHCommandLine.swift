internal import MatrixCore

/// Command lines of the OpenSSH client for one host.
struct SSHCommandLine: Sendable {
    let endpoint: Endpoint
    let socket: String
    /// The file that names the host by its alias; nil if there is none.
    var configuration: String?
    /// Words that name the host to the user's own `ssh`, whose settings then count instead of the endpoint's: `-F FILE host`.
    var destination: [String]?
    /// The order of key exchanges that the login offers, as a setting; nil for OpenSSH's own.
    var exchange: String?

    /// Settings of a transport in addition to the endpoint's; the user's configuration file cannot change them.
    private static let settled = [
        "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no", "PermitLocalCommand=no", "RemoteCommand=none", "RequestTTY=no",
        "Tunnel=no",
        "EscapeChar=none", "HashKnownHosts=no",
    ]

    /// The master connection, for as long as it lives.
    ///
    /// The shell around it ends it when the shell's input ends: a killed matrix leaves no connection behind. The shell reaps both of
    /// its children before it ends: orphans would stay zombies in its process group until PID 1 reaps them. Only SIGKILL surely
    /// reaches a shell that was forked a moment ago.
    var master: [String] {
        let watch =
            #"exec 3<&0; trap 'e=1; kill $m 2>/dev/null' TERM; "$@" </dev/null 3<&- & m=$!; [ -z "$e" ] || kill $m; "#
            + #"(while IFS= read -r x; do :; done; kill $m) <&3 >/dev/null 2>&1 & w=$!; exec 3<&-; "#
            + #"wait $m; s=$?; kill -9 $w 2>/dev/null; wait; exit $s"#
        let options = [
            "ControlMaster=yes", "ControlPersist=no", "ControlPath=\(socketPattern)", "ConnectTimeout=10", "ConnectionAttempts=1",
            "ServerAliveInterval=10",
            "ServerAliveCountMax=6", "TCPKeepAlive=yes",
        ]
        let further = [exchange].compactMap(\.self)
        return ["sh", "-c", watch, "sh", "ssh", "-N"] + words(options + further + Self.settled) + target
    }

    /// A session of the master that runs `words` through the login shell.
    func session(_ words: [String]) -> [String] {
        // Without the proxy a client whose master is gone would silently connect on its own.
        let options = ["ControlMaster=no", "ControlPath=\(socketPattern)", "ProxyJump=none", "ProxyCommand=/bin/false"]
        return ["ssh"] + self.words(options + Self.settled) + target + [ShellQuoting.join(words)]
    }

    /// A request to the master itself, such as `forward`.
    func request(_ request: String, _ arguments: [String] = []) -> [String] {
        ["ssh", "-o", "ControlPath=\(socketPattern)", "-O", request] + arguments + words([]) + target
    }

    /// What a person would type; it opens a separate connection.
    func pasteable(_ words: [String]) -> String {
        let remote = words.isEmpty ? [] : [ShellQuoting.join(words)]
        if let destination { return ShellQuoting.join(["ssh"] + destination + remote) }
        // A host of the user's may need their ssh_config, which `-F` would replace.
        if let configuration, !endpoint.hasOwner { return ShellQuoting.join(["ssh", "-F", configuration, endpoint.alias] + remote) }
        return ShellQuoting.join(["ssh"] + self.words([]) + [endpoint.address] + remote)
    }

    /// The host, after which `ssh` reads no options.
    private var target: [String] {
        let words = destination ?? [endpoint.address]
        return words.dropLast() + ["--"] + words.suffix(1)
    }

    private func words(_ options: [String]) -> [String] {
        if destination != nil { return (options + ["BatchMode=yes"]).flatMap { ["-o", $0] } }
        return endpoint.configuration + (options + endpoint.options).flatMap { ["-o", $0] } + identity
            + ["-p", "\(endpoint.port)", "-l", endpoint.user]
    }

    /// As an option's value.
    private var socketPattern: String { Endpoint.optionWord(socket) }

    /// `-i` looks for the file as it is written and then expands percent signs in it: only the option can name such a file.
    private var identity: [String] {
        if endpoint.keyFile.isEmpty { return [] }
        return endpoint.keyFile.contains("%") ? ["-o", "IdentityFile=\(Endpoint.optionWord(endpoint.keyFile))"] : ["-i", endpoint.keyFile]
    }
}
