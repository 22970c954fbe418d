internal import Foundation
internal import MatrixCore

/// The container images for machines of the fake clouds: a system as in a cloud, or a stand-in for it. Each is made once.
public actor GuestImages {
    /// A container image in Podman.
    public struct Image: Sendable {
        /// Podman's name for it.
        public let name: String
        /// The real system, if it is only a stand-in; nil if it is the system itself.
        public let standIn: String?
    }

    public static let shared = GuestImages()

    private static let script = URL(fileURLWithPath: FakeProxmox.fixtures).deletingLastPathComponent().appendingPathComponent(
        "images/guest/build.sh"
    ).path

    private var made: [String: Task<Image, any Error>] = [:]
    /// Images are made one after the other: they share the stand-in for Rocky.
    private var last: Task<Image, any Error>?

    /// The image of a system of the catalogue. If it does not exist, it is made first, which takes minutes.
    public func image(of system: String) async throws -> Image {
        if let making = made[system] { return try await making.value }
        let making = Task { [last] in
            _ = await last?.result
            return try await Self.make(system)
        }
        (made[system], last) = (making, making)
        return try await making.value
    }

    private static func make(_ system: String) async throws -> Image {
        let output = try await require([script, system], "making the image of \(system)")
        let name = output.split(separator: "\n").last.map(String.init) ?? ""
        let label = try await require(
            ["podman", "image", "inspect", "--format", "{{index .Labels \"solti-stand-in\"}}", name],
            "inspecting \(name)"
        )
        .trimmingCharacters(in: .whitespacesAndNewlines)
        return Image(name: name, standIn: label.isEmpty ? nil : label)
    }

    private static func require(_ command: [String], _ what: String) async throws -> String {
        let (status, output, errors) = try await ServerProcess.run(command)
        guard status == 0 else { throw InfrastructureError(what, why: "\(command.joined(separator: " ")): \(errors)", isTransient: false) }
        return output
    }
}
