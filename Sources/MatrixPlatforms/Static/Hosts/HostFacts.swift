internal import MatrixCore

/// What a host reports about itself.
struct HostFacts: Sendable, Hashable {
    /// `ID` and `VERSION_ID` of /etc/os-release.
    var id = ""
    var version = ""
    /// As `uname -m` says it.
    var arch = ""
    var cores: Int?
    /// Bytes.
    var memory: Int?
    /// Whether the account is root, or can become root without a password.
    var isAdministrator = false
    /// What sudo said if not.
    var refusal = ""

    static let script = """
        id=; version=
        [ ! -r /etc/os-release ] || { id=$(. /etc/os-release; echo "$ID"); version=$(. /etc/os-release; echo "${VERSION_ID:-}"); }
        echo "id $id"; echo "version $version"; echo "arch $(uname -m)"; echo "cores $(nproc 2>/dev/null)"
        echo "memory $(sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)"
        if [ "$(id -u)" -eq 0 ]; then echo "root yes"
        elif said=$(LC_ALL=C sudo -n true 2>&1); then echo "root yes"
        else echo "refusal $(printf %s "$said" | tail -n 1)"; fi
        """

    init(_ output: String) {
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2 else { continue }
            switch words[0] {
            case "id": id = words[1]
            case "version": version = words[1]
            case "arch": arch = words[1]
            case "cores": cores = Int(words[1])
            case "memory": memory = ByteSize.parse("\(words[1])K")
            case "root": isAdministrator = true
            case "refusal": refusal = words[1]
            default: break
            }
        }
    }

    /// Whether the host runs this system; `9` matches `9.5`.
    func isSystem(_ release: OperatingSystem.Release) -> Bool {
        id == release.id && (version == release.version || version.hasPrefix("\(release.version)."))
    }
}
