import Foundation
import MatrixCore

/// Where reports go: `<reports>/<run>`, with the link `latest` next to it.
struct ReportsFolder {
    let root: String

    /// - Parameter chosen: `--reports`; nil for `reports` in the project.
    init(_ chosen: String?, project: String) {
        root = Paths.absolute(chosen ?? "\(project)/reports")
    }

    /// The folder of the project that contains the working folder.
    static func here(_ chosen: String?) -> ReportsFolder {
        ReportsFolder(chosen, project: Paths.project(above: Paths.absolute(".")))
    }

    /// The folders with a result at or below a folder, sorted by name.
    static func results(in folder: String) -> [String] {
        let root = Paths.absolute(folder)
        if FileManager.default.fileExists(atPath: "\(root)/results.json") { return [root] }
        // A link such as `latest` would list a report twice.
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted().filter { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(root)/\(name)")) == nil
        }
        return names.flatMap { name in results(in: "\(root)/\(name)") }
    }

    /// Copies a report's artifacts into another report.
    static func copyArtifacts(from report: String, to other: String) throws {
        let source = "\(report)/artifacts"
        for cell in (try? FileManager.default.contentsOfDirectory(atPath: source)) ?? [] {
            do {
                try FileManager.default.createDirectory(atPath: "\(other)/artifacts", withIntermediateDirectories: true)
                try FileManager.default.copyItem(atPath: "\(source)/\(cell)", toPath: "\(other)/artifacts/\(cell)")
            } catch {
                throw InfrastructureError(
                    "the artifacts of \(cell) were not copied", why: FileProblem.words(error),
                    next: "free some disk space and merge again",
                    type: .reportWrite, isTransient: false)
            }
        }
    }

    /// Creates the folder of a run.
    func make(for run: RunID) throws -> String { try Self.make("\(root)/\(run)") }

    /// A new folder for the report of a command on a run's kept cells: `<run>-deploy`, or `<run>-deploy-2`.
    func path(for run: RunID, command: String) -> String {
        let first = "\(root)/\(run)-\(command)"
        let numbered = (2...).lazy.map { "\(first)-\($0)" }
        let isThere = { FileManager.default.fileExists(atPath: $0) }
        return isThere(first) ? numbered.first { !isThere($0) } ?? first : first
    }

    /// Creates a report's folder if it does not exist.
    static func make(_ folder: String) throws -> String {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw UsageError(
                "the report's folder \(folder) cannot be created: \(FileProblem.words(error))", hint: "choose another one with --reports")
        }
        return folder
    }

    /// Makes `latest` point to the newest report, in one step, so that the link always exists.
    ///
    /// - Returns: why it could not, and what to do.
    static func pointLatest(at folder: String) -> String? {
        let url = URL(fileURLWithPath: folder)
        let root = url.deletingLastPathComponent()
        let latest = root.appendingPathComponent("latest").path
        let temporary = root.appendingPathComponent(".latest-\(url.lastPathComponent)").path
        try? FileManager.default.removeItem(atPath: temporary)
        do {
            try FileManager.default.createSymbolicLink(atPath: temporary, withDestinationPath: url.lastPathComponent)
        } catch {
            return "\(latest) still shows an older report: \(FileProblem.words(error))"
        }
        guard rename(temporary, latest) != 0 else { return nil }
        let reason = String(cString: strerror(errno))
        try? FileManager.default.removeItem(atPath: temporary)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: latest, isDirectory: &isFolder), isFolder.boolValue else {
            return "\(latest) still shows an older report: \(reason)"
        }
        let aside = ShellQuoting.join(["mv", latest, "\(latest)-old"])
        return "\(latest) is a folder, so it cannot point to this run's report; move it aside: \(aside)"
    }

    /// The folder for `latest`, a run's id or a path.
    func find(_ name: String) throws -> String {
        for candidate in ["\(root)/\(name)", Paths.absolute(name)] where FileManager.default.fileExists(atPath: "\(candidate)/results.json")
        {
            return candidate
        }
        throw UsageError("there is no report '\(name)' in \(root)", hint: "name a run's id, latest, or a folder that holds results.json")
    }
}
