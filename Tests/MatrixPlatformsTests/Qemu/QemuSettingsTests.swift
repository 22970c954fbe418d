import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

struct QemuSettingsTests {
    private func document(_ options: Value) -> Document {
        Document(value: options, at: SourceLocation(file: "/p/qemu.yml", line: 3, column: 1))
    }

    @Test func readsWhatIsSetAndKeepsTheRest() throws {
        #expect(try QemuSettingsReader.read(document([:])) == QemuSettings())
        let settings = try QemuSettingsReader.read(
            document([
                "accel": "tcg", "firmware": "uefi", "cores": 4, "memory": "1GiB", "network": "192.168.77.0/24", "isolated": true,
                "user": "root",
            ]))
        #expect(settings.acceleration == .tcg)
        #expect(settings.firmware == .uefi)
        #expect(settings.cores == 4)
        #expect(settings.memory == 1 << 30)
        #expect(settings.subnet.gateway == "192.168.77.2")
        #expect(settings.subnet.address(of: 1) == "192.168.77.12")
        #expect(settings.isIsolated)
        #expect(settings.user == "root")
    }

    @Test(
        arguments: [
            ("network", "10.0.0.0/8"), ("network", "8.8.8.0/24"), ("network", "10.77.0.0/16"), ("network", "300.1.1.0/24"), ("user", "-x"),
        ])
    func findsWhatShapesCannotSay(key: String, value: String) {
        #expect(QemuSettingsReader.examine(document([key: .string(value)])).count == 1)
    }

    @Test func anImageIsAFileThatIsThereOrAURLWithItsChecksum() {
        let missing = QemuSettingsReader.examine(document(["image": ["debian12": "nowhere.qcow2"]]))
        #expect(missing.map(\.message) == ["there is no image /p/nowhere.qcow2"])
        #expect(QemuSettingsReader.examine(document(["image": ["debian12": "https://h/i.qcow2"]])).count == 1)
        let digits = String(repeating: "0", count: 64)
        #expect(QemuSettingsReader.examine(document(["image": ["debian12": .string("https://h/i.qcow2#sha256:\(digits)")]])).isEmpty)
    }
}
