internal import FoundationEssentials
import Glibc
internal import MatrixCore
internal import SystemPackage

/// The known_hosts file of a run, which many connections and processes write to.
struct KnownHosts: Sendable {
    let path: String

    /// How long another process may write to it.
    private static let patience = Duration.seconds(30)

    /// Writes a host's keys from a trusted channel under its alias, and removes the alias's old keys. Without keys the file
    /// stays as it is, and OpenSSH adds the first key that it sees.
    func trust(_ endpoint: Endpoint) async throws {
        guard !endpoint.hostKeys.isEmpty else { return }
        // Without comments.
        let wanted = endpoint.hostKeys.map { "\(endpoint.alias) \($0.split(separator: " ").prefix(2).joined(separator: " "))" }
        do {
            try await FileLock.withLock("\(path).lock", within: Self.patience) { try write(wanted, alias: endpoint.alias) }
        } catch let error as Errno {
            throw InfrastructureError(
                "writing \(path)", why: "\(error)", next: "make the state folder writable", type: .sshKnownHosts, isTransient: false)
        }
    }

    private func write(_ wanted: [String], alias: String) throws {
        let present = lines()
        let own = present.filter { $0.hasPrefix("\(alias) ") || $0.hasPrefix("\(alias),") }
        if Set(own) == Set(wanted) { return }
        if own.isEmpty { return try append(wanted) }
        try replace(with: present.filter { !own.contains($0) } + wanted)
    }

    private func lines() -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }

    /// One write with O_APPEND, as OpenSSH itself does: nobody sees half a line.
    private func append(_ new: [String]) throws {
        let file = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.append, .create, .closeOnExec], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(Self.text(new)) }
    }

    /// By renaming: a connection that reads at the same time sees the old file or the new one.
    private func replace(with all: [String]) throws {
        let temporary = "\(path).\(UInt32.random(in: 0...UInt32.max))"
        let file = try FileDescriptor.open(
            FilePath(temporary), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(Self.text(all)) }
        guard rename(temporary, path) == 0 else { throw Errno(rawValue: errno) }
    }

    private static func text(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }
}
