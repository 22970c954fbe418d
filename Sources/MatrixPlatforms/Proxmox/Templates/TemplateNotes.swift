internal import Crypto
import MatrixCore

/// What a template's notes say of its making: by them the same again is nothing to do.
struct TemplateNotes: Sendable, Hashable {
    private static let mark = "built by matrix"

    var os: String
    var image: String
    var checksum: String
    var digest: String
    var built: Timestamp

    var text: String {
        ["\(Self.mark)", "os: \(os)", "image: \(image)", "checksum: \(checksum)", "settings: \(digest)", "built: \(built.tag)"].joined(separator: "\n")
    }

    init(os: String, image: String, checksum: String, digest: String, built: Timestamp) {
        self.os = os
        self.image = image
        self.checksum = checksum
        self.digest = digest
        self.built = built
    }

    /// Nil where `matrix` did not build it.
    init?(_ config: MachineConfig) {
        let lines = (config["description"] ?? "").split(whereSeparator: \.isNewline).map { String($0).stripped }
        func value(_ key: String) -> String? { lines.first { $0.hasPrefix("\(key): ") }.map { String($0.dropFirst(key.count + 2)) } }
        guard lines.contains(Self.mark), let os = value("os"), let checksum = value("checksum"), let digest = value("settings") else { return nil }
        self.os = os
        image = value("image") ?? ""
        self.checksum = checksum
        self.digest = digest
        built = value("built").flatMap { Timestamp(tag: $0) } ?? Timestamp(seconds: 0)
    }

    /// A digest of everything that decides what the template will be, its image aside.
    static func digest(of parameters: [String: Value], disk: Int) -> String {
        let same = parameters.filter { $0.key != "vmid" && $0.key != "description" }.merging(["disk": .int(disk)]) { first, _ in first }
        return SHA256.hash(data: Array(Value.map(same).json.utf8)).prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
