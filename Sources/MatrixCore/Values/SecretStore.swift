internal import Foundation

/// Secrets that a run found, such as a password that an installer generated: one file each in the run's private folder.
///
/// They exist as long as that folder: until nothing of the run is left.
public struct SecretStore: Sendable, Hashable {
    /// The folder of the secrets; mode 0700 once it holds one.
    let folder: String

    /// - Parameter directory: the private folder of a run.
    public init(in directory: String) {
        folder = "\(directory)/secrets"
    }

    /// The path of a secret.
    func path(of name: String) -> String { "\(folder)/\(name)" }

    /// Writes a secret; replaces one of the same name.
    ///
    /// - Parameter name: a file's name: `ispconfig.debian12-linode`.
    /// - Throws: `InfrastructureError`, which does not hold the secret.
    public func keep(_ secret: String, as name: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw InfrastructureError(
                "the secret \(name) could not be kept in \(folder)", why: FileProblem.words(error),
                next: "check its permissions and the free space",
                isTransient: false)
        }
        try NewFile.write("\(secret)\n", to: path(of: name), mode: 0o600)
    }

    /// All secrets by name; none if there is no folder.
    public func secrets() -> [String: String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.reduce(into: [:]) { secrets, name in
            guard let bytes = FileManager.default.contents(atPath: path(of: name)) else { return }
            secrets[name] = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
        }
    }
}
