internal import MatrixCore

/// The command lines of QEMU. Paths are relative to the folder of the resource, in which QEMU is started: then no comma or colon of the
/// state folder's path can be read as an option, and sockets may be as deep as they like.
struct GuestArguments: Sendable {
    let surroundings: QemuSurroundings
    let settings: QemuSettings

    static let disk = "disk.qcow2"
    static let seed = "seed.iso"
    static let console = "console.log"
    static let log = "qemu.log"
    static let variables = "firmware-variables"
    static let networkSocket = "net.sock"

    var firmware: QemuSettings.Firmware { settings.firmware ?? (surroundings.architecture == "aarch64" ? .uefi : .bios) }

    /// `elevateprivileges` and `spawn` would forbid `-daemonize` its own session and fork.
    private static let sandbox = ["-sandbox", "on,obsolete=deny,resourcecontrol=deny"]

    private func common(_ name: GuestName) -> [String] {
        [surroundings.qemu, "-name", "guest=\(name.text),debug-threads=off", "-display", "none", "-nodefaults", "-no-user-config"]
            + Self.sandbox + ["-qmp", "unix:\(QMPSocket.file),server=on,wait=off", "-daemonize"]
    }

    /// A guest.
    ///
    /// - Parameters:
    ///   - network: the name of the folder of its cell's network, which is beside its own.
    ///   - code: the firmware's, for UEFI.
    func guest(
        _ name: GuestName, cores: Int, memory: Int, hardwareAddress: String, network: String, code: String?
    ) -> [String] {
        let isARM = surroundings.architecture == "aarch64"
        let accelerator =
            settings.acceleration == .kvm
            ? ["-accel", "kvm", "-cpu", "host"] : ["-accel", "tcg,thread=multi", "-cpu", "max"]
        let machine = isARM ? "virt" : "q35"
        let flash =
            code.map {
                [
                    "-drive", "if=pflash,format=raw,readonly=on,file=\($0)",
                    "-drive", "if=pflash,format=raw,file=\(Self.variables)",
                ]
            } ?? []
        return common(name) + ["-machine", machine] + accelerator + ["-smp", "\(cores)", "-m", "\(memory >> 20)"] + flash + [
            "-chardev", "file,id=console,path=\(Self.console),append=on", "-serial", "chardev:console",
            // Nobody needs what a host had written when this machine's power fails.
            "-drive", "file=\(Self.disk),if=virtio,format=qcow2,discard=unmap,cache=unsafe",
            "-drive", "file=\(Self.seed),if=virtio,format=raw,readonly=on",
            "-netdev", "stream,id=cell,server=off,addr.type=unix,addr.path=../\(network)/\(Self.networkSocket)",
            "-device", "virtio-net-pci,netdev=cell,mac=\(hardwareAddress)", "-device", "virtio-rng-pci",
        ]
    }

    /// A cell's gateway: a QEMU without a machine, which joins the world to the cell's switch.
    ///
    /// - Parameter ports: of 127.0.0.1, for the hosts in their order.
    func gateway(_ name: GuestName, ports: [Int]) -> [String] {
        let subnet = settings.subnet
        let forwards = ports.enumerated().map { ",hostfwd=tcp:127.0.0.1:\($1)-\(subnet.address(of: $0)):22" }.joined()
        let world =
            "user,id=world,ipv6=off,net=\(subnet.text),host=\(subnet.gateway),dns=\(subnet.resolver)"
            + ",restrict=\(settings.isIsolated ? "on" : "off")\(forwards)"
        return common(name) + [
            "-machine", "none", "-accel", "tcg", "-netdev", world, "-netdev", "hubport,id=outer,hubid=0,netdev=world",
            "-netdev", "stream,id=cell,server=off,addr.type=unix,addr.path=\(Self.networkSocket)",
            "-netdev", "hubport,id=inner,hubid=0,netdev=cell",
        ]
    }

    /// A hardware address of QEMU's own range: the run's guests differ in it by their names, those of a cell by their places.
    static func hardwareAddress(of name: String, index: Int) -> String {
        let hash = name.utf8.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        let own = [Int(hash >> 8), Int(hash), index].map { UInt8(truncatingIfNeeded: $0) }
        return ([0x52, 0x54, 0x00] + own).map { [$0].hexadecimal }.joined(separator: ":")
    }
}
