internal import SystemPackage

/// A file of this machine that is written piece by piece. An error says the path, the cause and the size so far.
public final class OutputFile: Sendable {
    private let path: String
    private let file: FileDescriptor

    /// Creates the file, or empties an old one.
    ///
    /// - Parameter isPrivate: whether only this account may read it.
    /// - Throws: `InfrastructureError`.
    public init(_ path: String, isPrivate: Bool = true) throws {
        self.path = path
        do {
            file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: isPrivate ? .ownerReadWrite : [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw Self.failure(path, error, after: 0)
        }
    }

    deinit { try? file.close() }

    /// - Throws: `InfrastructureError`.
    public func write(_ bytes: some Sequence<UInt8>) throws {
        do { _ = try file.writeAll(bytes) } catch {
            throw Self.failure(path, error, after: (try? file.seek(offset: 0, from: .current)).map(Int.init) ?? 0)
        }
    }

    private static func failure(_ path: String, _ error: any Error, after count: Int) -> InfrastructureError {
        InfrastructureError(
            "writing \(path)", why: "\("\(error)".lowercased()) after \(ByteSize.brief(count))",
            next: "free some space there, or correct its permissions", isTransient: false)
    }
}
