import MatrixCore

/// The hardware of a new template and the account in it. The defaults are those of the SOLTI templates, except for the balloon.
struct TemplateBuildSettings: Sendable, Hashable {
    /// MiB.
    var memory = 4096
    /// MiB: the minimum that a node short of memory leaves to machines that others clone from the template. 0: the node takes nothing.
    var balloon = 0
    var cores = 4
    /// Rocky 10 needs x86-64-v3, which `host` has if the processor has it.
    var cpu = "host"
    var numa = true
    /// Bytes.
    var disk = 8 << 30
    var diskBus = "virtio0"
    var scsiController = "virtio-scsi-pci"
    var cloudInitBus = "scsi1"
    var machine = "q35"
    var bios = "ovmf"
    var vga = "serial0"
    var mtu = 1
    /// The model of the network card.
    var networkModel = "virtio"
    /// Whether the disk passes on what the guest frees.
    var discard = true
    /// Whether the machine has the channel to a guest agent.
    var agent = true
    var guestAgent = AgentChoice.auto
    /// Where new templates of all systems get their VMID; nil for each system's range.
    var vmids: ClosedRange<Int>?
    /// The folder for images on this machine, an absolute path; nil for the one in the state folder.
    var workFolder: String?
    /// The folder for images on the node, over SSH.
    var nodeFolder = "/var/tmp"
    /// Whether a build removes its images at its end.
    var cleanup = false
    var osType = "l26"
    /// The account in the template; clones get their own.
    var user: String?
    /// Files with public keys, absolute paths.
    var keyFiles: [String] = []
    /// The storage that takes the template's disks; nil for the platform's.
    var storage: String?
    /// The storage that takes downloaded images (content `import`); nil for the first that does.
    var importStorage: String?
}
