internal import Foundation
internal import Glibc
internal import MatrixCore
internal import MatrixRemote

/// What the driver needs to know of the machine that it runs on.
struct QemuSurroundings: Sendable {
    var machine: LocalMachine
    /// `x86_64` or `aarch64`, as QEMU's programs are named.
    var architecture: String
    /// The error of opening `/dev/kvm`; 0 if it can be opened.
    var kvmError: @Sendable () -> Int32
    /// The free bytes of a folder's file system.
    var freeBytes: @Sendable (String) -> Int?
    /// Whether a program is in the `PATH`.
    var finds: @Sendable (String) -> Bool
    /// `matrix` itself, which is the switch of each cell's network.
    var matrix: String
    var control: GuestControl
    /// The cache of images, which all projects of the account share.
    var images: String
    /// How long a guest may take to shut down; eight times that if it is emulated.
    var shutdownLimit = Duration.seconds(60)

    /// This machine.
    static func current(state: String) -> QemuSurroundings {
        QemuSurroundings(
            machine: .current(state: state), architecture: architecture,
            kvmError: {
                let device = open("/dev/kvm", O_RDWR | O_CLOEXEC)
                guard device >= 0 else { return errno }
                close(device)
                return 0
            },
            freeBytes: { path in
                (try? FileManager.default.attributesOfFileSystem(forPath: path))?[.systemFreeSize].flatMap { ($0 as? NSNumber)?.intValue }
            },
            finds: { SearchPath.file(of: $0, in: ProcessInfo.processInfo.environment["PATH"] ?? "") != nil },
            matrix: SystemFile.link("/proc/self/exe") ?? "matrix", control: .current,
            images: CacheFolder.path("images", state: state))
    }

    static let architecture: String = {
        var names = utsname()
        uname(&names)
        return withUnsafeBytes(of: names.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }()

    /// The program that is a guest, and a cell's gateway.
    var qemu: String { "qemu-system-\(architecture)" }

    /// A line of `/proc/meminfo`, in bytes.
    func memory(_ key: String) -> Int? {
        let line = (machine.read("/proc/meminfo") ?? "").split(separator: "\n").first { $0.hasPrefix("\(key):") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }

    /// The programs that write an ISO 9660 image with the same options, the preferred one first.
    static let isoWriters = ["xorriso", "genisoimage", "mkisofs"]

    /// The firmware's code and its variables; nil if none is installed.
    func uefi() -> (code: String, variables: String)? {
        let pairs =
            architecture == "aarch64"
            ? [
                ("/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"),
                ("/usr/share/edk2/aarch64/QEMU_EFI-pflash.raw", "/usr/share/edk2/aarch64/vars-template-pflash.raw"),
            ]
            : [
                ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
                ("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
                ("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
                ("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
            ]
        return pairs.first { machine.exists($0.0) && machine.exists($0.1) }.map { (code: $0.0, variables: $0.1) }
    }
}
