internal import MatrixCore

/// What there is to see of a container that did not become a host: systemd's state and sshd's journal in it, its output, its state.
struct PodmanEvidence: Sendable {
    let podman: Podman

    /// Each command has its own end, well within the engine's.
    private static let limit = Duration.seconds(12)

    /// Says most at its end, which is what a message quotes.
    private static let question = """
        echo "system: $(timeout 3 systemctl is-system-running 2>&1)"
        timeout 3 systemctl list-jobs --no-pager --no-legend 2>&1 | head -n 20 | sed 's/^/job: /'
        timeout 3 systemctl list-units --state=failed --plain --no-legend --no-pager 2>&1 | head -n 20 | sed 's/^/failed: /'
        unit=sshd.service
        timeout 3 systemctl cat ssh.service >/dev/null 2>&1 && unit=ssh.service
        timeout 3 systemctl status "$unit" --no-pager --full --lines=0 2>&1
        timeout 3 journalctl --boot --unit="$unit" --no-pager --output=short --lines=60 2>&1
        exit 0
        """

    func all(of resource: Resource) async -> [Evidence] {
        let name = resource.name
        async let sshd = output(["exec", name, "sh", "-c", Self.question])
        async let journal = output(["exec", name, "journalctl", "--boot", "--no-pager", "--lines=300"])
        async let logs = output(["logs", "--tail", "300", name])
        async let state = state(of: name)
        var found: [Evidence] = []
        let inside = await sshd ?? ""
        if !inside.isEmpty {
            found.append(
                Evidence(
                    "sshd", command: "podman exec \(ShellQuoting.quote(name)) journalctl --boot --unit=ssh --unit=sshd --no-pager",
                    text: inside, advice: Self.advice(inside, name)))
        }
        for (kind, words, text) in [
            ("journal", "podman exec \(ShellQuoting.quote(name)) journalctl --boot --no-pager", await journal),
            ("console", "podman logs \(ShellQuoting.quote(name))", await logs),
            ("state", "podman inspect \(ShellQuoting.quote(name))", await state),
        ] {
            if let text, !text.isEmpty { found.append(Evidence(kind, command: words, text: text)) }
        }
        return found
    }

    /// What to do about a container by what systemd says in it.
    static func advice(_ text: String, _ name: String) -> String? {
        let lines = text.split(separator: "\n")
        guard let system = lines.first(where: { $0.hasPrefix("system: ") })?.dropFirst("system: ".count) else { return nil }
        let jobs = lines.filter { $0.hasPrefix("job: ") && !$0.contains("No jobs running") }
        switch system {
        case "running", "degraded":
            guard !lines.contains(where: { $0.contains("Active: active (running)") }) else { return nil }
            return "systemd is up, but sshd does not run in this image: correct the image or its sshd_config; more time will not help"
        case "starting", "initializing":
            guard let first = jobs.first else { return nil }
            let words = first.dropFirst("job: ".count).split(separator: " ").dropFirst().first.map { " (\($0) is one)" } ?? ""
            return
                "systemd still has \(jobs.count) job\(jobs.count == 1 ? "" : "s") to do\(words): "
                + "a unit hangs, or this machine is too busy; "
                + "run fewer cells at once (--parallel), or give it more time with timeouts: { create: … }"
        case "maintenance": return "systemd stopped in emergency mode: see its journal"
        default: return nil
        }
    }

    /// The ways in, which need no SSH.
    static func entrances(to resource: Resource) -> [String] {
        let name = ShellQuoting.quote(resource.name)
        return ["podman exec -it \(name) sh", "podman logs \(name)"]
    }

    private func output(_ arguments: [String]) async -> String? {
        guard let result = try? await podman.run(arguments, timeout: Self.limit) else { return nil }
        // A container that does not run answers exec with a complaint of Podman's alone.
        guard result.succeeded else { return nil }
        return [result.output, result.errorOutput].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func state(of name: String) async -> String? {
        guard let container = try? await podman.container(name) else { return nil }
        let state = container.value["State"]
        let keys = ["Status", "Running", "ExitCode", "OOMKilled", "Error", "StartedAt", "FinishedAt"]
        return keys.compactMap { key in state?[key].map { "\(key): \($0.text)" } }.joined(separator: "\n")
    }
}
