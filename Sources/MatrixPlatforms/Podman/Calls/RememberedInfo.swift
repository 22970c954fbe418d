internal import MatrixCore

/// What `podman info` said in an earlier run, as long as nothing that it depends on has changed.
///
/// It takes as long as everything else that a small run asks Podman before its first container.
struct RememberedInfo: Sendable {
    private struct Record: Codable {
        var key: String
        var info: Value
    }

    private static let programs = ["crun", "runc", "netavark", "aardvark-dns", "conmon"]
    private static let folders = [
        "/usr/bin", "/usr/local/bin", "/usr/sbin", "/usr/lib/podman", "/usr/libexec/podman", "/usr/local/lib/podman",
    ]
    private static let settings = ["/usr/share/containers", "/etc/containers"].flatMap { folder in
        ["\(folder)/containers.conf", "\(folder)/containers.conf.d"]
    }
    private static let variables = ["PATH", "HOME", "USER", "CONTAINERS_", "CONTAINER_", "XDG_", "DBUS_"]

    private let machine: LocalMachine
    private let path: String
    private let key: String?

    /// - Parameter runtime: the OCI runtime of the platform's settings.
    init(_ machine: LocalMachine, runtime: String?) {
        self.machine = machine
        path = "\(machine.cache)/info.json"
        key = Self.key(machine, runtime: runtime)
    }

    /// Nil if it was not asked yet, or may say something else now.
    func read() -> Value? {
        guard let key, let text = machine.read(path), let record = try? JSON.decode(Record.self, from: Array(text.utf8)), record.key == key
        else { return nil }
        return record.info
    }

    /// Keeps it for later runs; if that fails, they ask again.
    func write(_ info: Value) {
        guard let key, (try? makeFolder(machine.cache)) != nil else { return }
        try? NewFile.write(JSON.text(Record(key: key, info: info)), to: path, mode: 0o600)
    }

    /// Forgets it, if a command failed: perhaps something has changed that the key does not show.
    func forget() { if key != nil { try? NewFile.write("", to: path, mode: 0o600) } }

    /// All that `podman info` depends on; nil if there is no `podman`.
    private static func key(_ machine: LocalMachine, runtime: String?) -> String? {
        let places = (machine.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/podman" }
        guard let podman = places.lazy.compactMap(machine.stamp).first else { return nil }
        let home = machine.environment["XDG_CONFIG_HOME"] ?? "\(machine.environment["HOME"] ?? "")/.config"
        let files = folders.flatMap { folder in programs.map { "\(folder)/\($0)" } } + settings + ["\(home)/containers"]
        let given = machine.environment.filter { variable in variables.contains { variable.key.hasPrefix($0) } }
        let facts = ["/proc/sys/kernel/random/boot_id", "/proc/self/cgroup"].map { machine.read($0) ?? "" }
        return (["\(runtime ?? "")", podman] + files.compactMap(machine.stamp) + given.map { "\($0.key)=\($0.value)" }.sorted() + facts)
            .joined(separator: "\n")
    }
}
