internal import MatrixCore
internal import Synchronization

/// Installs K3s on one host with the install script, without starting it.
struct NodeInstall: Sendable {
    let settings: K3sSettings
    let release: K3sRelease.Resolved
    let host: Host
    let label: String
    let machine: String
    let log: @Sendable (String) async -> Void

    /// The host's part in the cluster.
    struct Role: Sendable {
        /// `server --tls-san …`.
        var arguments: [String]
        /// Never on a command line: a process list would show it.
        var token: String
        /// The address of the server that it joins; nil for the server itself.
        var url: String?
    }

    func install(as role: Role) async throws {
        let shell = K3sShell(transport: host.transport, label: label, log: log)
        let folder = try await upload(shell)
        let last = Mutex("")
        let logging = K3sShell(transport: host.transport, label: label) { line in
            last.withLock { $0 = line }
            await log(line)
        }
        let answer: K3sShell.Answer
        do {
            answer = try await withDeadline(settings.limits.install) {
                try await logging.run(Self.script, variables: variables(role, folder), timeout: settings.limits.install + .seconds(30))
            }
        } catch is DeadlineExceeded {
            throw InfrastructureError(
                "installing K3s on \(label)",
                why: "the install script did not end within \(settings.limits.install.brief); its last line: \(last.withLock { $0 })",
                next: "if it only needs more time, raise limits: { install: … } of the platform", type: .k3sInstall, isTransient: false)
        }
        guard answer.exitStatus == 0 else {
            throw InfrastructureError(
                "installing K3s on \(label)", why: answer.lastLine ?? "exit status \(answer.exitStatus)", type: .k3sInstall,
                isTransient: Self.isTransient(answer.tail))
        }
        try checkVersion(answer["version"])
    }

    private static func isTransient(_ output: String) -> Bool {
        ["Download failed", "Could not resolve", "timed out", "Connection reset"].contains { output.contains($0) }
    }

    private func checkVersion(_ said: String?) throws {
        guard let wanted = release.version, let said, !said.split(separator: " ").contains(Substring(wanted)) else { return }
        throw InfrastructureError(
            "K3s on \(label) is not the requested release", why: "it is '\(said)', not \(wanted)", next: "correct version: or binary:",
            type: .k3sVersion, isTransient: false)
    }

    /// Uploads script, program and images to a folder of the host. ``script`` removes the folder.
    private func upload(_ shell: K3sShell) async throws -> String {
        let made = try await host.transport.require(
            Command.script("umask 077; mktemp -d /tmp/solti-matrix-k3s.XXXXXXXX", timeout: .seconds(30)),
            "no folder could be made for K3s on \(label)")
        let folder = made.output
        try await host.transport.upload(release.script, to: "\(folder)/install.sh")
        if settings.isAirgapped {
            guard let binary = settings.binary(for: machine) else {
                throw InfrastructureError(
                    "installing K3s on \(label)", why: "binary: has no program for \(machine)", next: "name one for this architecture",
                    type: .k3sBinary, isTransient: false)
            }
            await log("\(label): copying \(binary)")
            try await host.transport.upload(binary, to: "\(folder)/k3s")
        }
        for (index, image) in settings.images.enumerated() {
            await log("\(label): copying \(image)")
            let name = image.split(separator: "/").last.map(String.init) ?? "images"
            try await host.transport.upload(image, to: "\(folder)/images-\(index)-\(name)")
        }
        return folder
    }

    private func variables(_ role: Role, _ folder: String) -> [String: String] {
        var variables = [
            "folder": folder, "token": role.token, "url": role.url ?? "", "version": release.version ?? "",
            "airgap": settings.isAirgapped ? "yes" : "",
            "config": settings.config.isEmpty ? "" : Value.map(settings.config).json, "registries": settings.registries?.text ?? "",
            "data": settings.dataFolder,
        ]
        variables["arguments"] = ShellQuoting.join(role.arguments)
        return variables
    }

    /// The install script writes inherited `K3S_…` variables into the service's environment file, which only root can read.
    private static let script = #"""
        trap 'rm -rf "$folder"' EXIT
        # The owner's would be read, too, and name another server or another folder. The removal puts it back.
        rm -rf /etc/rancher/k3s/config.yaml /etc/rancher/k3s/config.yaml.d
        configure() {
            [ -z "$2" ] || { mkdir -p /etc/rancher/k3s && (umask 077; printf '%s\n' "$2" >"/etc/rancher/k3s/$1"); }
        }
        configure config.yaml "$config" && configure registries.yaml "$registries" || return 1
        if [ -f "$folder/k3s" ]; then
            mkdir -p /usr/local/bin && cp "$folder/k3s" /usr/local/bin/k3s.new && chmod 755 /usr/local/bin/k3s.new &&
                mv -f /usr/local/bin/k3s.new /usr/local/bin/k3s || return 1
        fi
        for image in "$folder"/images-*; do
            [ -f "$image" ] || continue
            name=${image##*/images-}
            mkdir -p "$data/agent/images" && cp --remove-destination "$image" "$data/agent/images/${name#*-}" || return 1
        done
        for variable in $(env | sed -n 's/^\(K3S_[A-Z0-9_]*\)=.*/\1/p'); do unset "$variable"; done
        export K3S_TOKEN="$token" INSTALL_K3S_SKIP_START=true
        [ -z "$url" ] || export K3S_URL="$url"
        [ -z "$version" ] || export INSTALL_K3S_VERSION="$version"
        [ -z "$airgap" ] || export INSTALL_K3S_SKIP_DOWNLOAD=true
        eval "set -- $arguments"
        sh "$folder/install.sh" "$@"
        status=$?
        [ "$status" = 0 ] || return "$status"
        say version "$(/usr/local/bin/k3s --version 2>/dev/null | head -n 1)"
        """#
}
