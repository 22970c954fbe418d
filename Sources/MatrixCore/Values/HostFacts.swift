/// What a host says of itself.
public struct HostFacts: Sendable, Hashable {
    /// `ID`, `VERSION_ID` and `PRETTY_NAME` of its os-release.
    public var id = ""
    public var version = ""
    public var title = ""
    /// As `uname -r` and `uname -m` say it.
    public var kernel = ""
    public var arch = ""
    /// Nil if it was not asked.
    public var cores: Int?
    /// Bytes; nil if it was not asked.
    public var memory: Int?
    /// Whether the account is root, or can become root without a password.
    public var isAdministrator = false
    /// What sudo said if not.
    public var refusal = ""

    /// Reads lines such as `id debian`; others are left alone.
    public init(_ output: String) {
        for line in output.parts(at: "\n") {
            // An os-release of another system may end its lines with \r\n.
            let text = line.utf8.last == UInt8(ascii: "\r") ? line.dropLast() : line
            let words = text.parts(at: " ", maxSplits: 1).map(String.init)
            guard words.count == 2 else { continue }
            switch words[0] {
            case "id": id = words[1]
            case "version": version = words[1]
            case "title": title = words[1]
            case "kernel": kernel = words[1]
            case "arch": arch = words[1]
            case "cores": cores = Int(words[1])
            case "memory": memory = ByteSize.parse("\(words[1])K")
            case "root": isAdministrator = true
            case "refusal": refusal = words[1]
            default: break
            }
        }
    }

    /// Whether the host runs this system; `9` matches `9.5`, and a system without a version matches every one.
    public func isSystem(_ release: OperatingSystem.Release) -> Bool {
        id == release.id && (release.version.isEmpty || version == release.version || version.hasPrefix("\(release.version)."))
    }

    /// As reports name them: `os.name`.
    public var named: [String: String] {
        ["os.name": title, "os.id": id, "os.version": version, "kernel": kernel, "arch": arch].filter { !$0.value.isEmpty }
    }
}
