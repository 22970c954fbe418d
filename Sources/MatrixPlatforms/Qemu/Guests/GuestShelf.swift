internal import Foundation
internal import Glibc
internal import MatrixCore

/// The folders of guests and networks: `<state>/qemu/<run>/<resource>`, each with the record of its resource.
struct GuestShelf: Sendable {
    /// The state folder, absolute.
    let state: String

    private static let record = "resource.json"
    private static let draft = "resource.json.new"

    private var root: String { "\(state)/qemu" }

    /// The id of this state folder.
    func mark() throws -> String {
        do { return try StateFolderID.read(in: state) } catch {
            throw InfrastructureError(
                "the state folder \(state) cannot be used", why: FileProblem.words(error), next: "make it writable for this account",
                isTransient: false)
        }
    }

    func folder(of resource: Resource) -> String { "\(root)/\(resource.run)/\(resource.name)" }
    func folder(of name: String, run: RunID) -> String { "\(root)/\(run)/\(name)" }

    /// Makes the folder of a resource, or empties that of an earlier try.
    ///
    /// - Throws: `InfrastructureError` if something else has its name.
    func make(_ resource: Resource) throws -> String {
        let folder = folder(of: resource)
        try makeFolder("\(root)/\(resource.run)", mode: 0o700)
        guard isOurs(resource) ?? true else {
            throw InfrastructureError(
                "\(resource.kind) \(resource.name) was not made", why: "\(folder) exists, without a record of run \(resource.run)",
                next: "move it aside", type: .createNameTaken, isTransient: false)
        }
        try remove(resource)
        try makeFolder(folder, mode: 0o700)
        try write(resource)
        return folder
    }

    /// Writes a resource's record; it is replaced at once.
    func write(_ resource: Resource) throws {
        let folder = folder(of: resource)
        let text = String(decoding: try JSONEncoder().encode(resource), as: UTF8.self)
        try NewFile.write(text, to: "\(folder)/\(Self.draft)", mode: 0o600)
        guard rename("\(folder)/\(Self.draft)", "\(folder)/\(Self.record)") == 0 else {
            throw InfrastructureError("\(folder) could not be written", why: String(cString: strerror(errno)), isTransient: false)
        }
    }

    /// The record in the folder of a resource; nil if there is none.
    func read(_ name: String, run: RunID) -> Resource? {
        guard let data = FileManager.default.contents(atPath: "\(folder(of: name, run: run))/\(Self.record)"),
            let resource = try? JSONDecoder().decode(Resource.self, from: data), resource.run == run, resource.name == name
        else { return nil }
        return resource
    }

    /// Whether a resource's folder is ours; nil if it has none. A process that was killed may leave one without a record.
    func isOurs(_ resource: Resource) -> Bool? {
        var status = stat()
        guard lstat(folder(of: resource), &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else { return false }
        if let known = read(resource.name, run: resource.run) { return known.kind == resource.kind }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder(of: resource))) ?? ["?"]
        return names.allSatisfy { $0 == Self.draft }
    }

    /// Removes the folder of a resource, if it is ours, and the folders above that have become empty.
    func remove(_ resource: Resource) throws {
        let folder = folder(of: resource)
        if isOurs(resource) == true {
            do { try FileManager.default.removeItem(atPath: folder) } catch {
                throw InfrastructureError(
                    "\(resource.kind) \(resource.name) could not be removed", why: FileProblem.words(error),
                    next: "rm -r \(ShellQuoting.quote(folder))", type: .destroyQemu)
            }
        }
    }

    /// Removes the folders of a run that are empty.
    func tidy(_ run: RunID) {
        rmdir("\(root)/\(run)")
        rmdir(root)
    }

    /// The resources that have folders, of one run or of all.
    func resources(of run: RunID? = nil) -> [Resource] {
        let runs = run.map { [$0] } ?? names(in: root).compactMap { RunID(shown: $0) }
        return runs.flatMap { run in names(in: "\(root)/\(run)").compactMap { read($0, run: run) } }
    }

    /// The names of a run's folders that a killed process left without a record.
    func unrecorded(of run: RunID) -> [String] {
        names(in: "\(root)/\(run)").filter { name in
            read(name, run: run) == nil
                && ((try? FileManager.default.contentsOfDirectory(atPath: folder(of: name, run: run))) ?? ["?"]).allSatisfy {
                    $0 == Self.draft
                }
        }
    }

    private func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}
