internal import Foundation
internal import MatrixCore

/// The container images that are the machines of the fakes' clouds, each made once: a system as a cloud has it, or what stands in for it.
public actor GuestImages {
    /// An image that Podman has.
    public struct Image: Sendable {
        /// Podman's name for it.
        public let name: String
        /// What it really is, where it only stands in for the system; nil where it is the system.
        public let standIn: String?
    }

    public static let shared = GuestImages()

    private static let script = URL(fileURLWithPath: FakeProxmox.fixtures).deletingLastPathComponent().appendingPathComponent("images/guest/build.sh").path

    private var made: [String: Task<Image, any Error>] = [:]
    /// One after the other: they share the stand-in for Rocky.
    private var last: Task<Image, any Error>?

    /// The image of a system of the catalogue, made first where it is not there, which takes minutes.
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
        let label = try await require(["podman", "image", "inspect", "--format", "{{index .Labels \"solti-stand-in\"}}", name], "looking at \(name)")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return Image(name: name, standIn: label.isEmpty ? nil : label)
    }

    private static func require(_ command: [String], _ what: String) async throws -> String {
        let (status, output, errors) = try await ServerProcess.run(command)
        guard status == 0 else { throw InfrastructureError(what, why: "\(command.joined(separator: " ")): \(errors)", isTransient: false) }
        return output
    }
}
