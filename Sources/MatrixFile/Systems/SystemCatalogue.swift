package import MatrixCore

/// The built-in systems.
///
/// Sources: dl.rockylinux.org, cloud.debian.org, cloud-images.ubuntu.com and repo.almalinux.org for images; Linode's and the
/// registries' own names; the SOLTI template scripts for VMIDs, names and tags. Whether AlmaLinux's image has a guest agent is not known.
package enum SystemCatalogue {
    /// All of them, by name.
    package static let builtIn: [String: OperatingSystem] = Dictionary(
        [rocky(9, vmids: "7000-7999"), rocky(10, vmids: "10000-10999"), debian12, debian13, ubuntu2404, almalinux9].map { ($0.name, $0) }
    ) { first, _ in first }

    private static func rocky(_ version: Int, vmids: String) -> OperatingSystem {
        let folder = "https://dl.rockylinux.org/pub/rocky/\(version)/images/x86_64"
        return OperatingSystem(
            name: "rocky\(version)", family: "rhel", packageManager: .dnf, release: .init(id: "rocky", version: "\(version)"),
            imageURL: "\(folder)/Rocky-\(version)-GenericCloud-Base.latest.x86_64.qcow2", checksumURL: "\(folder)/CHECKSUM",
            templateIDs: vmids,
            templateName: "rocky\(version)-template", templateTags: ["rocky-template", "rocky\(version)", "cloudinit"],
            hasGuestAgent: true, linodeImage: "linode/rocky\(version)", containerImage: "docker.io/rockylinux/rockylinux:\(version)")
    }

    private static let debian12 = debian(12, "bookworm", vmids: "8000-8999")
    private static let debian13 = debian(13, "trixie", vmids: "11000-11999")

    private static func debian(_ version: Int, _ suite: String, vmids: String) -> OperatingSystem {
        let folder = "https://cloud.debian.org/images/cloud/\(suite)/latest"
        return OperatingSystem(
            name: "debian\(version)", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "\(version)"),
            imageURL: "\(folder)/debian-\(version)-genericcloud-amd64.qcow2", checksumURL: "\(folder)/SHA512SUMS", templateIDs: vmids,
            templateName: "debian\(version)-template", templateTags: ["debian-template", "debian-\(version)", "cloudinit"],
            hasGuestAgent: false, linodeImage: "linode/debian\(version)", containerImage: "docker.io/library/debian:\(version)",
            debianSuite: suite)
    }

    private static let ubuntu2404 = OperatingSystem(
        name: "ubuntu2404", family: "debian", packageManager: .apt, release: .init(id: "ubuntu", version: "24.04"),
        imageURL: "https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img",
        checksumURL: "https://cloud-images.ubuntu.com/noble/current/SHA256SUMS", templateIDs: "12000-12999",
        templateName: "ubuntu2404-template",
        templateTags: ["ubuntu-template", "ubuntu-2404", "cloudinit"], hasGuestAgent: false, linodeImage: "linode/ubuntu24.04",
        containerImage: "docker.io/library/ubuntu:24.04")

    private static let almalinux9 = OperatingSystem(
        name: "almalinux9", family: "rhel", packageManager: .dnf, release: .init(id: "almalinux", version: "9"),
        imageURL: "https://repo.almalinux.org/almalinux/9/cloud/x86_64/images/AlmaLinux-9-GenericCloud-latest.x86_64.qcow2",
        checksumURL: "https://repo.almalinux.org/almalinux/9/cloud/x86_64/images/CHECKSUM", templateIDs: "13000-13999",
        templateName: "almalinux9-template", templateTags: ["almalinux-template", "almalinux9", "cloudinit"],
        linodeImage: "linode/almalinux9",
        containerImage: "docker.io/library/almalinux:9")
}
