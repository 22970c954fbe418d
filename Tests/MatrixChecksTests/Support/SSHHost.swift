import MatrixCore

/// This machine, reached over a real sshd on 127.0.0.1 by a real OpenSSH master connection.
enum SSHHost {
    /// Lends it.
    static func with(_ body: (ShellTransport) async throws -> Void) async throws {
        let here = ShellTransport()
        let setup = """
            mkdir -p /run/sshd; cd "$(mktemp -d)" && pwd || exit 1
            ssh-keygen -q -t ed25519 -N '' -f host; ssh-keygen -q -t ed25519 -N '' -f key
            begin() {
            port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
            printf '%s\\n' "Port $port" 'ListenAddress 127.0.0.1' "HostKey $PWD/host" "AuthorizedKeysFile $PWD/key.pub" 'StrictModes no' "PidFile $PWD/pid" 'UsePAM no' >config
            printf '%s\\n' 'Host target' 'HostName 127.0.0.1' "Port $port" 'User root' "IdentityFile $PWD/key" "UserKnownHostsFile $PWD/known" \
              'StrictHostKeyChecking accept-new' 'BatchMode yes' 'LogLevel ERROR' 'ConnectionAttempts 10' "ControlPath $PWD/control" >client
            "$(command -v sshd || echo /usr/sbin/sshd)" -f "$PWD/config" -E "$PWD/log" || return
            ssh -F client -M -N -f -o ControlPersist=yes target >/dev/null 2>&1 </dev/null
            }
            # Another test may take the free port before sshd does.
            for try in 1 2 3 4 5; do begin && exit 0; [ ! -f pid ] || kill "$(cat pid)"; sleep 0.2; done
            cat log >&2; rm -rf "$PWD"; exit 1
            """
        let folder = try await here.require(Command(["sh", "-c", setup]), "no SSH here").output
        let client = ["ssh", "-F", "\(folder)/client"]
        let transport = ShellTransport(prefix: client + ["target"]) { host, port in
            let free = try await here.require(Command(["python3", "-c", "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"]), "no port")
            guard let near = Int(free.output) else { throw InfrastructureError("no forward", why: "no port") }
            try await here.require(Command(client + ["-O", "forward", "-L", "\(near):\(host):\(port)", "target"]), "no forward")
            return near
        }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(transport)) } catch { outcome = .failure(error) }
        let teardown = "cd \(folder); ssh -F client -O exit target 2>/dev/null; kill $(cat pid); rm -rf \(folder)"
        try await here.require(Command(["sh", "-c", teardown]), "left behind: \(folder)")
        try outcome.get()
    }
}
