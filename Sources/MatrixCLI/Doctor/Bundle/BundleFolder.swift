import Foundation
import MatrixCore
import MatrixRemote

/// A folder that becomes a bundle: files without secrets, each with a sentence that says what it is.
final class BundleFolder {
    /// The name of the folder in the archive.
    static let name = "solti-matrix-bundle"

    /// The absolute path.
    let path: String
    private let redactor: Redactor
    private var purposes: [(name: String, purpose: String)] = []

    /// - Throws: `UsageError` if no folder can be made.
    init(redactor: Redactor) throws {
        self.redactor = redactor
        let parent: String
        do { parent = try ProcessFolder.make() } catch { throw UsageError("\(error)", hint: "name another folder in TMPDIR") }
        path = "\(parent)/\(Self.name)"
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw UsageError("\(path) cannot be created: \(FileProblem.words(error))", hint: "name another folder in TMPDIR")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: Paths.absolute("\(path)/..")) }

    /// Adds a text.
    func add(_ text: String, as name: String, _ purpose: String) throws {
        try Paths.write(redactor.redact(text), to: "\(path)/\(name)", hint: "free some space in the folder of temporary files")
        purposes.append((name, purpose))
    }

    /// Adds a file of this machine, if there is one.
    func add(file: String, as name: String, _ purpose: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else { return }
        try add(String(decoding: data, as: UTF8.self), as: name, purpose)
    }

    /// Names a file that another part has written into the folder.
    func name(_ name: String, _ purpose: String) {
        if FileManager.default.fileExists(atPath: "\(path)/\(name)") { purposes.append((name, purpose)) }
    }

    /// What is in it: a line for each file, with its size.
    var contents: String {
        let rows = purposes.map { file, purpose in
            let size = (try? FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")[.size] as? NSNumber)?.intValue ?? 0
            return [file, "\(size) bytes", purpose]
        }
        return Table(headings: ["FILE", "SIZE", "WHAT IT IS"], rows: rows).text
    }

    /// Packs the folder, readable for this account only.
    ///
    /// - Throws: `InfrastructureError` if `tar` fails.
    func pack(to archive: String, using runner: any Transport) async throws {
        let command = Command(["tar", "-czf", archive, "-C", Paths.absolute("\(path)/.."), Self.name], timeout: .seconds(300))
        try await runner.require(command, "writing \(archive)", next: "name a file in a folder that this account can write")
        try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: archive)
    }
}
