internal import MatrixCore

/// A folder for a recipe's step on each of its hosts, with its files: created when it is first needed, removed at the end.
actor WorkFolders {
    private let context: CellContext
    private var folders: [String: (host: Host, path: String)] = [:]
    /// Copies on the runner of files that stages leave for later ones, by name.
    private var carried: [String: String] = [:]
    private var scratch: String?

    init(_ context: CellContext) {
        self.context = context
    }

    /// The folder on a host.
    func folder(on host: Host) async throws -> String {
        if let known = folders[host.name] { return known.path }
        // Created by the login account: it must be able to copy files there.
        let result = try await host.transport.require(
            Command(["mktemp", "-d", "/tmp/solti-recipe-XXXXXX"], timeout: .seconds(60)), "no folder could be created on \(host.name)",
            isTransient: true)
        folders[host.name] = (host, result.output)
        return result.output
    }

    /// Copies files of the runner and of earlier stages into the folder.
    ///
    /// - Returns: the files' paths on the host, by the given names.
    func place(_ files: [String: String], on host: Host) async throws -> [String: String] {
        let folder = try await folder(on: host)
        var placed: [String: String] = [:]
        for (name, path) in files.sorted(by: { $0.key < $1.key }) {
            let target = "\(folder)/\(path.split(separator: "/").last ?? "file")"
            try await host.transport.upload(path, to: target)
            placed[name] = target
        }
        for (name, copy) in carried.sorted(by: { $0.key < $1.key }) { try await host.transport.upload(copy, to: "\(folder)/\(name)") }
        return placed
    }

    /// Fetches the files that a stage left; the copies may hold secrets, so they are in the cell's private folder.
    func carry(_ names: [String], from host: Host) async throws {
        guard !names.isEmpty else { return }
        let folder = try await folder(on: host)
        let scratch = try self.scratch ?? FileSystem.makeUniqueFolder("\(context.scratch)/recipe-")
        self.scratch = scratch
        for name in names {
            let copy = "\(scratch)/\(name)"
            FileSystem.remove(copy)
            try await host.transport.download("\(folder)/\(name)", to: copy)
            carried[name] = copy
        }
    }

    /// Removes everything; a host that no longer answers keeps its folder.
    func remove() async {
        if let scratch { FileSystem.remove(scratch) }
        for (host, path) in folders.values {
            _ = try? await host.transport.run(Command(["rm", "-rf", "--", path], user: "root", timeout: .seconds(30)))
        }
    }
}
