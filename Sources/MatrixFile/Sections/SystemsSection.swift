import MatrixCore

/// `os:`: additions to the catalogue of systems, and changes of it.
enum SystemsSection {
    static let key = KeyShape("os", .map(.object(system)), "More systems, or other values for fields of the catalogue's systems")

    private static let system = ObjectShape(
        "a system",
        [
            KeyShape("family", .choice(["debian", "rhel"]), "Its family"),
            KeyShape(
                "package_manager", .choice(OperatingSystem.PackageManager.allCases.map(\.rawValue)),
                "How packages are installed. Default: the family's"),
            KeyShape("release", .object(release), "What /etc/os-release of this system says"),
            KeyShape("image", .text, "The URL of the cloud image (qcow2)", nullable: true),
            KeyShape("checksum", .text, "The URL of its checksums: a SHA512SUMS, SHA256SUMS or CHECKSUM file", nullable: true),
            KeyShape(
                "vmids", .pattern("[0-9]+-[0-9]+", meaning: "a range of VMIDs (7000-7999)"), "The VMIDs of its Proxmox templates",
                nullable: true),
            KeyShape("template", .text, "The name of its Proxmox templates", nullable: true),
            KeyShape("tags", .oneOrMore(.text), "The tags of its Proxmox templates", nullable: true),
            KeyShape("agent", .boolean, "Whether its Proxmox templates contain qemu-guest-agent", nullable: true),
            KeyShape("linode", .text, "Linode's image id", nullable: true),
            KeyShape("container", .text, "The container image, with its registry", nullable: true),
            KeyShape("suite", .text, "The release's name at the Debian mirror, to bootstrap it without a registry", nullable: true),
        ])

    private static let release = ObjectShape(
        "a release",
        [
            KeyShape("id", .text, "ID, such as debian", required: true),
            KeyShape("version", .text, "VERSION_ID, or its part before a dot", required: true),
        ])
}
