import MatrixCore

/// `os:`: additions to the catalogue of systems, and changes of it.
enum SystemsSection {
    static let key = KeyShape("os", .map(.object(system)), "Systems beside the catalogue, or other values for some of its fields")

    private static let system = ObjectShape(
        "a system",
        [
            KeyShape("family", .choice(["debian", "rhel"]), "Its family"),
            KeyShape("package_manager", .choice(OperatingSystem.PackageManager.allCases.map(\.rawValue)), "How packages are installed. Default: the family's"),
            KeyShape("release", .object(release), "What /etc/os-release of the right system says"),
            KeyShape("image", .text, "Where the cloud image (qcow2) is", nullable: true),
            KeyShape("checksum", .text, "Where its checksums are: a SHA512SUMS, SHA256SUMS or CHECKSUM file", nullable: true),
            KeyShape("vmids", .pattern("[0-9]+-[0-9]+", meaning: "a range of VMIDs (7000-7999)"), "The VMIDs of its Proxmox templates", nullable: true),
            KeyShape("template", .text, "The name of its Proxmox templates", nullable: true),
            KeyShape("tags", .oneOrMore(.text), "The tags of its Proxmox templates", nullable: true),
            KeyShape("agent", .boolean, "Whether qemu-guest-agent is inside its Proxmox templates", nullable: true),
            KeyShape("linode", .text, "Linode's image id", nullable: true),
            KeyShape("container", .text, "The container image, with its registry", nullable: true),
            KeyShape("suite", .text, "The release's name at the Debian mirror, to bootstrap it without a registry", nullable: true),
        ])

    private static let release = ObjectShape(
        "a release",
        [
            KeyShape("id", .text, "ID, such as debian", required: true),
            KeyShape("version", .text, "VERSION_ID, or what it begins with before a dot", required: true),
        ])
}
