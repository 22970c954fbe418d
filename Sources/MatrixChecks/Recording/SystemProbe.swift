public import MatrixCore

/// Finds out which system a host runs, if nobody has named it.
public enum SystemProbe {
    /// - Throws: `InfrastructureError`.
    public static func system(of transport: any Transport) async throws -> OperatingSystem {
        let command = Command.script("cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release")
        let result = try await transport.require(
            command, "finding out the host's system", next: "the host must be a Linux with /etc/os-release")
        return system(of: OSRelease(result.output))
    }

    /// The name has the form of the catalogue's names: `debian12`, `rocky9`, `ubuntu2404`.
    static func system(of release: OSRelease) -> OperatingSystem {
        let id = release.id ?? "linux"
        let isRPM = ([id] + release.like).contains { ["rhel", "fedora", "centos", "suse"].contains($0) }
        // Of Debian and the clones of RHEL the first number names the release, of Ubuntu both.
        let version = id == "ubuntu" ? release.version ?? "" : release.version.map { String($0.prefix { $0 != "." }) } ?? ""
        return OperatingSystem(
            name: id + version.filter(\.isNumber), family: isRPM ? "rhel" : "debian", packageManager: isRPM ? .dnf : .apt,
            release: .init(id: id, version: version))
    }
}
