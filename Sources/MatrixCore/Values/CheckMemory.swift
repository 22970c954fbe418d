internal import Foundation

/// What checks remember of hosts for later checks of the same cell (`remember:`, `recall:`): one file each, in the cell's private folder.
///
/// It lasts as long as that folder, so that `matrix verify` finds what `matrix deploy` remembered.
public struct CheckMemory: Sendable, Hashable {
    private let folder: String

    /// - Parameter scratch: a private folder of the cell that lasts as long as its run.
    public init(in scratch: String) {
        folder = "\(scratch)/remembered"
    }

    /// What a name must look like, which is a part of a file's name.
    public static let names = Shape.pattern(
        "[A-Za-z0-9][A-Za-z0-9_-]{0,63}", meaning: "a word of letters, digits, - and _ (before-upgrade)")

    /// The name of a host is a DNS label and holds no dot.
    private func path(_ name: String, of host: String) -> String { "\(folder)/\(host).\(name)" }

    /// Remembers a value; replaces one of the same name and host.
    ///
    /// - Throws: `InfrastructureError`, which does not hold the value.
    public func keep(_ value: String, as name: String, of host: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw InfrastructureError(
                "what is remembered as \(name) could not be kept in \(folder)", why: FileProblem.words(error),
                next: "check its permissions and the free space", isTransient: false)
        }
        try NewFile.write(value, to: path(name, of: host), mode: 0o600)
    }

    /// The value that was remembered of a host; nil if there is none.
    public func value(_ name: String, of host: String) -> String? {
        FileManager.default.contents(atPath: path(name, of: host)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Forgets everything: the deploy begins again.
    public func forget() { try? FileManager.default.removeItem(atPath: folder) }
}
