import Foundation
import Glibc
import MatrixCore
import MatrixTesting

@testable import MatrixPlatforms

/// A machine with QEMU, as a test says it is.
enum QemuSamples {
    static let run = Samples.run
    static let info = #"{"virtual-size": 3221225472, "filename": "i", "format": "qcow2", "actual-size": 1}"#

    static func surroundings(
        programs: Set<String> = ["qemu-system-x86_64", "qemu-img", "xorriso"], kvm: Int32 = 0, memory: Int = 16 << 30,
        architecture: String = "x86_64", flags: String = "fpu avx avx2 bmi1 bmi2 f16c fma abm movbe", firmware: Bool = true,
        free: Int = 100 << 30, processes: MutexBox<[GuestProcess]> = MutexBox([]), answers: [QMPCommand: Value] = [:],
        ssh: @escaping @Sendable (Int) -> Bool = { _ in true }
    ) -> QemuSurroundings {
        let files = ["/proc/meminfo": "MemTotal: \(memory >> 10) kB\n", "/proc/cpuinfo": "flags : \(flags)\n"]
        let machine = LocalMachine(read: { files[$0] }, exists: { $0.hasPrefix("/usr/share/") && firmware }, cache: "/nowhere")
        let control = GuestControl(
            processes: { processes.current }, end: { process in processes.with { $0.removeAll { $0 == process } } },
            ask: { _, command, _ in
                guard let answer = answers[command] else { throw InfrastructureError("asking QEMU", why: "nobody answers") }
                return answer
            }, answers: { ssh($0) })
        return QemuSurroundings(
            machine: machine, architecture: architecture, kvmError: { kvm }, freeBytes: { _ in free }, finds: { programs.contains($0) },
            matrix: "/usr/bin/matrix", control: control, images: "/nowhere/images")
    }

    static func cell(_ os: OperatingSystem = Samples.debian12, hosts: [HostPlan]? = nil) -> CellPlan {
        let name = "\(os.name)-qemu"
        return CellPlan(
            name: name, point: [AxisValue(axis: "os", value: os.name)], os: os, platform: "qemu", hosts: hosts ?? [HostPlan(name: name)])
    }

    static func resource(_ name: String = "debian12-qemu", kind: String = QemuPlatform.guestKind) -> Resource {
        Resource(
            platform: "qemu", kind: kind, name: "\(name)-\(run)", run: run, cell: "debian12-qemu", host: name, expires: Samples.expires,
            details: ["network": "debian12-qemu-net-\(run)", "port": "2201", "address": "10.77.0.11"])
    }

    static func process(_ resource: Resource, mark: String, pid: Int32 = 7) -> GuestProcess? {
        let name = GuestName(resource, mark: mark).text
        return GuestProcess(pid: pid, startTicks: 9, arguments: ["qemu-system-x86_64", "-name", "guest=\(name)", "-m", "512"])
    }
}
