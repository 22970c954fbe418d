import MatrixCore

/// The driver `qemu`: virtual machines on this machine, made from the distributions' cloud images.
enum QemuDriver {
    static let kind = "qemu"

    /// The keys of its settings.
    static let declaration = Declaration(
        kind: kind, subject: .object(ObjectShape("settings of a qemu platform", keys)),
        summary: "Hosts are virtual machines on this machine, made from the distributions' cloud images",
        example: """
            qemu:
              driver: qemu
              memory: 2GiB
              image: { debian12: images/debian-12-genericcloud-amd64.qcow2 }
            """,
        programs: { _ in [.needed("qemu-system-\(QemuSurroundings.architecture)"), .needed("qemu-img")] },
        promises: { _ in Promises(except: [.price: .withheld("your machine costs nothing more")]) },
        examine: QemuSettingsReader.examine)

    private static let keys: [KeyShape] = [
        KeyShape(
            "accel", .choice(QemuSettings.Acceleration.allCases.map(\.rawValue)),
            "What runs the hosts' instructions: kvm (the processor) or tcg (a program, about ten times slower). Default: `kvm`"),
        KeyShape(
            "firmware", .choice(QemuSettings.Firmware.allCases.map(\.rawValue)),
            "How the hosts boot. Default: `bios`, on aarch64 `uefi`"),
        KeyShape(
            "image", .map(.text),
            "Image by system, instead of the catalogue's: a qcow2 or raw file, or a URL with its checksum as in `https://…#sha256:…`"),
        KeyShape("user", .text, "The account that cloud-init makes on the hosts. Default: `matrix`"),
        KeyShape("cores", .integer(1...256), "Cores of hosts that ask for no number. Default: `2`"),
        KeyShape("memory", .size, "Memory of hosts that ask for no size. Default: `2GiB`"),
        KeyShape(
            "network", .text,
            "The addresses in each cell, if your own network has the default's: a private network of 256. Default: `10.77.0.0/24`"),
        KeyShape("isolated", .boolean, "Whether the hosts of a cell reach only each other. Default: `false`"),
    ]

    /// Makes the platform. Nothing is started.
    ///
    /// - Throws: `UsageError` if the settings cannot be used.
    static func make(settings: PlatformSettings, in context: PlatformContext) throws -> any Platform {
        QemuPlatform(
            name: settings.name, settings: try QemuSettingsReader.read(settings.options), context: context,
            surroundings: .current(state: context.state))
    }
}
