internal import MatrixCore

/// How this machine reaches its Debian mirror. Bootstraps and containers use the same mirror.
struct AptConfiguration: Sendable, Hashable {
    /// The URL of the distribution's packages; nil for the tools' default.
    var mirror: String?
    /// The URL of its security updates.
    var security: String?
    /// The apt settings that this machine needs: `Acquire::http::Proxy "…";`.
    var options: [String] = []

    private static let wanted = [
        "Acquire::http::Proxy ", "Acquire::https::Proxy ", "Acquire::Check-Valid-Until ", "Acquire::Check-Date ", "Acquire::Retries ",
    ]

    init() {}

    /// Reads the sources of a Debian machine; other systems keep the default.
    ///
    /// - Parameters:
    ///   - release: /etc/os-release.
    ///   - sources: sources.list and the files of sources.list.d, in either format.
    ///   - settings: the output of `apt-config dump`.
    init(release: String, sources: String, settings: String) {
        // apt accepts files with CRLF, which is one Character.
        let sources = sources.replacing("\r\n", with: "\n")
        options = settings.split(separator: "\n").map(String.init).filter { line in
            Self.wanted.contains { line.hasPrefix($0) } && Self.isUsableElsewhere(line)
        }
        guard let codename = Self.codename(of: release) else { return }
        let found = Self.pairs(in: sources).filter { Self.isUsableElsewhere($0.address) }
        mirror = found.first { $0.suite == codename }?.address
        security = found.first { $0.suite == "\(codename)-security" }?.address
    }

    /// The sources of a Debian suite at this machine's mirror; empty for the default.
    func sources(for suite: String) -> [String] {
        guard let mirror else { return [] }
        let main = ["deb \(mirror) \(suite) main", "deb \(mirror) \(suite)-updates main"]
        return main + (security.map { ["deb \($0) \(suite)-security main"] } ?? [])
    }

    private static func codename(of release: String) -> String? {
        let lines = release.split(separator: "\n")
        guard lines.contains("ID=debian") else { return nil }
        return lines.first { $0.hasPrefix("VERSION_CODENAME=") }.map { String($0.dropFirst(17)) }
    }

    /// A container cannot reach this machine's loopback, and an image must hold no password.
    private static func isUsableElsewhere(_ text: String) -> Bool {
        let local = ["://localhost", "://127.", "://[::1]", "file:", "cdrom:", "copy:"]
        return !local.contains { text.contains($0) } && !text.contains("@")
    }

    private static func pairs(in sources: String) -> [(address: String, suite: String)] {
        oneLinePairs(in: sources) + sources.split(separator: "\n\n").flatMap { stanzaPairs(in: String($0)) }
    }

    private static func oneLinePairs(in sources: String) -> [(address: String, suite: String)] {
        sources.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("deb ") else { return nil }
            let withoutOptions = line.replacing(/\[[^\]]*\]/, with: "")
            let words = withoutOptions.split(separator: " ").map(String.init)
            return words.count > 2 ? (words[1], words[2]) : nil
        }
    }

    private static func stanzaPairs(in stanza: String) -> [(address: String, suite: String)] {
        var fields: [String: [String]] = [:]
        for line in stanza.split(separator: "\n") where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":"), !line.hasPrefix(" ") else { continue }
            fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].split(separator: " ").map(String.init)
        }
        guard fields["types"]?.contains("deb") ?? false, fields["enabled"]?.first != "no", let address = fields["uris"]?.first else {
            return []
        }
        return (fields["suites"] ?? []).map { (address, $0) }
    }
}

extension AptConfiguration {
    /// Reads this machine's configuration, and that of `apt-config` if it is installed.
    static func current(_ machine: LocalMachine, runner: any Transport) async -> AptConfiguration {
        let command = Command(
            ["find", "/etc/apt/sources.list.d", "-name", "*.sources", "-o", "-name", "*.list"], timeout: .seconds(30))
        let listing = try? await runner.run(command)
        let files = ["/etc/apt/sources.list"] + (listing?.output.split(separator: "\n").map(String.init).sorted() ?? [])
        let settings = try? await runner.run(Command(["apt-config", "dump"], timeout: .seconds(10)))
        return AptConfiguration(
            release: machine.read("/etc/os-release") ?? "", sources: files.compactMap { machine.read($0) }.joined(separator: "\n\n"),
            settings: settings?.output ?? "")
    }
}
