import MatrixCore
import Testing

@testable import MatrixPlatforms

struct GuestArgumentsTests {
    private let name = GuestName(QemuSamples.resource(), mark: "m1")

    private func guest(_ settings: QemuSettings, architecture: String = "x86_64", code: String? = nil) -> String {
        GuestArguments(surroundings: QemuSamples.surroundings(architecture: architecture), settings: settings).guest(
            name, cores: 2, memory: 2 << 30, hardwareAddress: "52:54:00:01:02:00", network: "cell-net", code: code
        ).joined(separator: " ")
    }

    @Test func aGuestOfThisProcessor() {
        let line = guest(QemuSettings())
        #expect(line.hasPrefix("qemu-system-x86_64 -name guest=solti-matrix/m1/guest/261123-050122-k3f9/"))
        #expect(line.contains(" -machine q35 -accel kvm -cpu host -smp 2 -m 2048 "))
        #expect(line.contains(" -sandbox on,"))
        #expect(line.contains("addr.path=../cell-net/net.sock"))
        #expect(!line.contains("pflash"))
    }

    @Test func anEmulatedGuest() {
        var settings = QemuSettings()
        settings.acceleration = .tcg
        #expect(guest(settings).contains(" -accel tcg,thread=multi -cpu max "))
    }

    @Test("UEFI has its variables beside the disk, and its code is shared")
    func firmware() {
        let line = guest(QemuSettings(), code: "/usr/share/OVMF/OVMF_CODE_4M.fd")
        #expect(line.contains("if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd"))
        #expect(line.contains("if=pflash,format=raw,file=firmware-variables"))
    }

    @Test func aGuestOfAnARMMachine() {
        let arguments = GuestArguments(surroundings: QemuSamples.surroundings(architecture: "aarch64"), settings: QemuSettings())
        #expect(arguments.firmware == .uefi)
        let line = guest(QemuSettings(), architecture: "aarch64", code: "/usr/share/AAVMF/AAVMF_CODE.fd")
        #expect(line.hasPrefix("qemu-system-aarch64 "))
        #expect(line.contains(" -machine virt -accel kvm -cpu host "))
    }

    @Test func aGatewayForwardsEachHostsPort() {
        var settings = QemuSettings()
        settings.isIsolated = true
        let line = GuestArguments(surroundings: QemuSamples.surroundings(), settings: settings).gateway(name, ports: [4001, 4002])
            .joined(separator: " ")
        #expect(line.contains("hostfwd=tcp:127.0.0.1:4001-10.77.0.11:22,hostfwd=tcp:127.0.0.1:4002-10.77.0.12:22"))
        #expect(line.contains("restrict=on"))
        #expect(line.contains("dns=10.77.0.3"))
        #expect(line.contains(" -machine none "))
    }

    @Test("A cell's hosts have different hardware addresses, all of QEMU's range")
    func hardwareAddresses() {
        let all = (0..<3).map { GuestArguments.hardwareAddress(of: "a-261123-050122-k3f9", index: $0) }
        #expect(Set(all).count == 3)
        #expect(all.allSatisfy { $0.hasPrefix("52:54:00:") && $0.count == 17 })
    }
}
