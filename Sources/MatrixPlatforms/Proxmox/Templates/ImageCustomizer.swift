import MatrixCore

/// Installs qemu-guest-agent in an image with `virt-customize`, here or on a node.
struct ImageCustomizer: Sendable {
    /// Why the agent could not be installed. A build with `guest_agent: auto` goes on without it.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The name of the place that it runs in, for messages: `pve1`, `this machine`.
    let place: String
    let run: @Sendable (Command) async throws -> CommandResult

    /// What to install where `virt-customize` is missing.
    static let install = "apt install libguestfs-tools"

    /// Whether `virt-customize` is installed.
    func isThere() async throws -> Bool {
        try await run(Command(["sh", "-c", "command -v virt-customize"], timeout: .seconds(30))).succeeded
    }

    /// - Parameter path: a qcow2 image that is nobody else's: it is changed.
    /// - Throws: `Failure`, and what `run` throws.
    func install(in path: String, _ os: OperatingSystem) async throws {
        let result = try await run(Self.command(path, os))
        guard !result.succeeded else { return }
        let lines = PlainText.clean(result.standardError + result.standardOutput).split(whereSeparator: \.isNewline).map {
            String($0).stripped
        }
        let cause = lines.first { $0.contains("error:") } ?? lines.last { !$0.isEmpty } ?? "exit status \(result.exitStatus)"
        throw Failure(description: "virt-customize failed on \(place): \(cause)")
    }

    static func command(_ path: String, _ os: OperatingSystem) -> Command {
        // What dnf installs outside of a running system has no labels.
        let relabel = os.family == "rhel" ? ["--selinux-relabel"] : []
        return Command(
            ["virt-customize", "--format", "qcow2", "-a", path, "--install", "qemu-guest-agent"] + relabel
                // virt-customize writes a machine id. Clones with the same one get the same address by DHCP.
                + ["--truncate", "/etc/machine-id"],
            environment: ["LIBGUESTFS_BACKEND": "direct"], timeout: .seconds(1800))
    }
}
