import MatrixCore

/// A `qemu` platform's settings, read and checked.
struct QemuSettings: Sendable, Hashable {
    /// What runs a guest's instructions.
    enum Acceleration: String, Sendable, CaseIterable {
        /// The processor itself, by `/dev/kvm`.
        case kvm
        /// A program: about ten times slower.
        case tcg

        /// By how much longer a guest may take.
        var patience: Double { self == .kvm ? 1 : 8 }
    }

    /// What a guest's first instructions are.
    enum Firmware: String, Sendable, CaseIterable {
        case bios
        case uefi
    }

    var acceleration = Acceleration.kvm
    /// Nil for what this machine's architecture has: BIOS on x86_64, UEFI on aarch64.
    var firmware: Firmware?
    /// The image of a system, by its name in the catalogue: an absolute path, or a URL that ends with its checksum.
    var images: [String: String] = [:]
    /// The account that cloud-init makes, with sudo.
    var user = "matrix"
    /// Of hosts that ask for none.
    var cores = 2
    /// Of hosts that ask for none, in bytes.
    var memory = 2 << 30
    /// The addresses of a cell.
    var subnet = GuestSubnet()
    /// Whether hosts reach nothing but each other.
    var isIsolated = false

    /// What a host gets.
    func size(of host: HostPlan) -> (cores: Int, memory: Int, disk: Int?) {
        (host.size.cores ?? cores, host.size.memory ?? memory, host.size.disk)
    }

    /// What a cell's hosts need together, in bytes.
    func memory(of cell: CellPlan) -> Int { cell.hosts.reduce(0) { $0 + size(of: $1).memory } }
}
