import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

struct BaseImagesTests {
    private func image(_ info: String) throws -> BaseImage { try BaseImage(path: "/i/d.qcow2", info: Value(json: info) ?? .null) }

    @Test func aCompleteImageIsUsed() throws {
        let found = try image(QemuSamples.info)
        #expect(found.format == "qcow2")
        #expect(found.virtualSize == 3_221_225_472)
        #expect(found.name == "d.qcow2")
    }

    @Test(
        "An image that reads another file, or is none, is refused",
        arguments: [
            #"{"virtual-size": 1, "format": "qcow2", "backing-filename": "/etc/shadow"}"#, #"{"virtual-size": 1, "format": "vmdk"}"#,
            #"{"format": "raw"}"#, #"{"virtual-size": 1, "format": "qcow2", "format-specific": {"data": {"data-file": "/x"}}}"#, "null",
        ])
    func refuses(info: String) {
        #expect(throws: InfrastructureError.self) { try image(info) }
    }

    private func images(_ named: [String: String] = [:], architecture: String = "x86_64", runner: ScriptedTransport = ScriptedTransport())
        -> BaseImages
    {
        var settings = QemuSettings()
        settings.images = named
        return BaseImages(settings: settings, runner: runner, architecture: architecture, folder: "/nowhere")
    }

    @Test func aSystemsImageIsThatOfTheSettingsOrOfTheCatalogue() {
        var system = Samples.debian12
        #expect(images().source(of: system) == nil)
        system.imageURL = "https://cloud.example/debian-12-genericcloud-amd64.qcow2"
        system.checksumURL = "https://cloud.example/SHA512SUMS"
        let (url, checksums) = (system.imageURL ?? "", system.checksumURL ?? "")
        #expect(images().source(of: system) == .published(url: url, checksums: checksums))
        let arm = "https://cloud.example/debian-12-genericcloud-arm64.qcow2"
        #expect(images(architecture: "aarch64").source(of: system) == .published(url: arm, checksums: checksums))
        #expect(images(["debian12": "/i/own.qcow2"]).source(of: system) == .file("/i/own.qcow2"))
        let digits = String(repeating: "a", count: 64)
        let pinned = images(["debian12": "https://h/i.qcow2#sha256:\(digits)"]).source(of: system)
        #expect(pinned == PinnedImage("https://h/i.qcow2#sha256:\(digits)").map(BaseImages.Source.pinned))
        #expect(pinned != nil)
    }

    @Test(arguments: ["https://h/i", "https://h/i#", "https://h/i#sha256:xyz", "https://h/i#md5:\(String(repeating: "a", count: 32))"])
    func aURLNeedsItsChecksum(text: String) {
        #expect(PinnedImage(text) == nil)
    }

    @Test("An image is looked at once, and the reason is told if it cannot be read")
    func checks() async throws {
        let runner = ScriptedTransport()
        runner.answer("qemu-img info", output: QemuSamples.info)
        let images = images(["debian12": "/i/own.qcow2"], runner: runner)
        _ = try await images.image(of: Samples.debian12) { _ in }
        _ = try await images.image(of: Samples.debian12) { _ in }
        #expect(runner.commands.count == 1)
        let broken = ScriptedTransport()
        broken.answer("qemu-img info", error: "qemu-img: Could not open '/i/own.qcow2'", exitStatus: 1)
        let other = self.images(["debian12": "/i/own.qcow2"], runner: broken)
        await #expect(throws: InfrastructureError.self) { try await other.image(of: Samples.debian12) { _ in } }
    }
}
