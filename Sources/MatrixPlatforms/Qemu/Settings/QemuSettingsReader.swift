internal import Foundation
import MatrixCore

/// Reads a `qemu` platform's settings.
struct QemuSettingsReader: DriverSettingsReader {
    let document: Document
    var diagnostics: [Diagnostic] = []

    init(_ document: Document) {
        self.document = document
    }

    mutating func settings() -> QemuSettings? {
        var settings = QemuSettings()
        settings.acceleration = document["accel"]?.text.flatMap { .init(rawValue: $0) } ?? settings.acceleration
        settings.firmware = document["firmware"]?.text.flatMap { .init(rawValue: $0) }
        settings.cores = document["cores"]?.int ?? settings.cores
        settings.memory = document["memory"]?.bytes ?? settings.memory
        settings.isIsolated = document["isolated"]?.bool ?? settings.isIsolated
        settings.user = document["user"]?.text ?? settings.user
        if !HostGrammar.isUser(settings.user) {
            complain("user", "'\(settings.user)' cannot be an account's name", hint: "write user: NAME, or leave it out")
        }
        if let text = document["network"]?.text {
            if let subnet = GuestSubnet(text) {
                settings.subnet = subnet
            } else {
                complain("network", "'\(text)' is not a private network of 256 addresses", hint: "write network: 10.77.0.0/24")
            }
        }
        for member in document["image"]?.members ?? [] { settings.images[member.key] = image(member.value) }
        return settings
    }

    private mutating func image(_ place: Document) -> String? {
        let text = place.text ?? ""
        if text.contains("://") {
            guard PinnedImage(text) != nil else {
                complain(
                    place, "the image '\(text)' has no checksum at its end",
                    hint: "write https://…/image.qcow2#sha256:DIGITS; without one, name it as image: of the system, beside its checksum:")
                return nil
            }
            return text
        }
        let path = FileReference.resolve(
            text, namedIn: FileReference.absolute(place.location.file), home: ProcessInfo.processInfo.environment["HOME"])
        if !FileManager.default.fileExists(atPath: path) {
            complain(place, "there is no image \(path)", hint: "name a qcow2 or raw file that is there, relative to this file, or a URL")
        }
        return path
    }
}
