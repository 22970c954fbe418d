import Foundation
import MatrixCore

/// Podman's images that matrix made, and that no container uses.
struct ImageLeftovers {
    /// How the names of our images begin. Labels cannot tell: an image hands them on to its containers.
    static let prefix = "localhost/solti-matrix/"

    let runner: any Transport

    /// - Throws: `InfrastructureError` if Podman does not answer. A machine without Podman has no images.
    func find(olderThan age: Duration, now: Date = .now) async throws -> [Leftover] {
        guard let images = try await list(["images"]), let containers = try await list(["ps", "--all"]) else { return [] }
        return Self.leftovers(images: images, containers: containers, olderThan: age, now: now)
    }

    /// What Podman's listings show.
    static func leftovers(images: [Value], containers: [Value], olderThan age: Duration, now: Date) -> [Leftover] {
        let used = Set(containers.compactMap { $0["ImageID"]?.string } + containers.compactMap { $0["Image"]?.string })
        return images.flatMap { image -> [Leftover] in
            let names = (image["Names"]?.elements ?? []).compactMap(\.string)
            // An image without a creation time counts as new.
            guard let created = image["Created"]?.number, now.timeIntervalSince1970 - created > age.inSeconds else { return [] }
            let isUsed = used.contains(image["Id"]?.string ?? "") || names.contains(where: used.contains)
            return names.filter { $0.hasPrefix(prefix) }.map { name in
                Leftover(
                    kind: .image, name: name, bytes: image["Size"]?.number.map { Int(nearest: $0) } ?? 0,
                    obstacle: isUsed ? "a container uses it" : nil)
            }
        }
    }

    /// Removes an image's name, and the image with its last one. Podman refuses an image that a container uses.
    func remove(_ name: String) async throws {
        let result = try await runner.run(Command(["podman", "image", "rm", name], timeout: .seconds(120)))
        guard result.succeeded else {
            throw InfrastructureError(
                "image \(name) was not removed", why: result.errorOutput.split(separator: "\n").last.map(String.init) ?? "podman failed",
                next: "see what uses it: podman ps --all --filter ancestor=\(name)", isTransient: false)
        }
    }

    private func list(_ words: [String]) async throws -> [Value]? {
        let command = Command(["podman"] + words + ["--format", "json"], outputLimit: 16 << 20, timeout: .seconds(60))
        // Not installed: nothing of ours can be there.
        guard let result = try? await runner.run(command) else { return nil }
        guard result.succeeded, let value = Value(json: result.output) else {
            throw InfrastructureError(
                "podman \(words.joined(separator: " "))",
                why: result.errorOutput.split(separator: "\n").last.map(String.init) ?? "no answer",
                next: "see: matrix doctor", isTransient: false)
        }
        return value.elements
    }
}
