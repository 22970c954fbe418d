internal import FoundationEssentials
public import MatrixCore

/// An SSH host key that a platform gives to a machine before its first boot, so that it is known from the start.
public struct HostKeys: Sendable, Hashable {
    /// The private key in OpenSSH's form, several lines.
    public var privateKey: String
    /// `ssh-ed25519 AAAA…`.
    public var publicKey: String

    /// Makes an ed25519 pair; its files are gone when this returns.
    ///
    /// - Parameters:
    ///   - name: the machine's; a file name.
    ///   - directory: the run's folder, absolute.
    /// - Throws: `InfrastructureError` if the folder cannot be written or ssh-keygen is missing.
    public static func make(for name: String, in directory: String, using runner: any Transport) async throws -> HostKeys {
        let folder = "\(directory)/host-key-\(name)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // What an earlier try of this name left behind would make ssh-keygen ask whether to overwrite it.
        try? FileManager.default.removeItem(atPath: folder)
        let access = try await RunKeys.make(comment: name, in: folder, using: runner)
        guard let key = FileManager.default.contents(atPath: access.keyFile) else {
            throw InfrastructureError("making the host key of \(name)", why: "\(access.keyFile) was not written", isTransient: false)
        }
        let words = access.publicKey.split(separator: " ").prefix(2).joined(separator: " ")
        return HostKeys(privateKey: String(decoding: key, as: UTF8.self), publicKey: words)
    }
}
