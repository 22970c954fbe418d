import MatrixCore

/// cloud-init's vendor data on a node: each clone installs qemu-guest-agent when it boots for the first time.
///
/// A snippet can be written only on the node itself: the API accepts no upload of content `snippets`.
struct VendorData: Sendable {
    let client: ProxmoxClient
    let node: String
    let shell: NodeShell

    static let file = "matrix-guest-agent.yml"

    /// Vendor data is weaker than user data, which Proxmox writes and which names no packages.
    static let text = """
        #cloud-config
        # Written by matrix for its templates.
        package_update: true
        packages: [qemu-guest-agent]
        runcmd:
          - [systemctl, start, qemu-guest-agent]

        """

    /// Whether a machine's `cicustom` is this and nothing else.
    static func isOurs(_ value: String?) -> Bool { value?.wholeMatch(of: /vendor=[^:,]+:snippets\/([^,]+)/)?.output.1 == file[...] }

    /// The storage that `cicustom` names.
    static func storage(in value: String) -> String? { value.firstMatch(of: /vendor=([^:,]+):/).map { String($0.output.1) } }

    /// The first storage of the node that takes snippets; nil if there is none.
    func storage() async throws -> String? {
        let entries = try await client.get(["nodes", node, "storage"], ["content": "snippets"]).elements
        return entries.filter { $0["active"]?.text ?? "1" == "1" }.compactMap { $0["storage"]?.string }.min()
    }

    /// Writes the file.
    ///
    /// - Returns: the value for `cicustom`.
    func write(on storage: String) async throws -> String {
        let volume = "\(storage):snippets/\(Self.file)"
        let path = try await shell.path(of: volume)
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        // Renamed into its place: a machine may start at the same moment.
        let script = """
            set -e
            mkdir -p -- "$1"
            printf '%s' "$3" >"$2.part"
            chmod 644 -- "$2.part"
            mv -f -- "$2.part" "$2"
            """
        try await shell.require(
            .script(script, arguments: [folder, path, Self.text], timeout: .seconds(60)), "writing cloud-init's vendor data on \(node)")
        return "vendor=\(volume)"
    }
}
