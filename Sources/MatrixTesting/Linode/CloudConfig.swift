internal import MatrixCore
internal import Yams

/// A `#cloud-config` as cloud-init would apply it. This fake supports only the host keys.
struct CloudConfig {
    /// The files that it writes, by path.
    let files: [String: String]

    private static let known: Set = [
        "ssh_keys", "ssh_deletekeys", "ssh_genkeytypes", "ssh_quiet_keygen", "disable_root", "ssh_pwauth", "package_update",
        "package_upgrade",
    ]

    /// - Throws: an error that names what is not supported.
    init(_ text: String) throws {
        guard text.hasPrefix("#cloud-config\n"), let read = try Yams.load(yaml: text) as? [String: Any] else {
            throw InfrastructureError("user data cannot be applied", why: "it is not a #cloud-config", isTransient: false)
        }
        if let unknown = Set(read.keys).subtracting(Self.known).min() {
            throw InfrastructureError("user data cannot be applied", why: "the fake does not know '\(unknown)'", isTransient: false)
        }
        var files: [String: String] = [:]
        for (name, key) in read["ssh_keys"] as? [String: String] ?? [:] {
            let parts = name.split(separator: "_")
            guard parts.count == 2, parts[1] == "private" || parts[1] == "public" else {
                throw InfrastructureError("user data cannot be applied", why: "ssh_keys has no key '\(name)'", isTransient: false)
            }
            let ending = parts[1] == "public" ? ".pub" : ""
            files["/etc/ssh/ssh_host_\(parts[0])_key\(ending)"] = key.hasSuffix("\n") ? key : key + "\n"
        }
        self.files = files
    }
}
