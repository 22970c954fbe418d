import Foundation
import MatrixCore

/// `run.json` in a run's private folder: whose the folder is, and what the ledger holds of the run. It serves if the ledger is lost.
struct RunFile: Codable {
    /// The process that works on the run.
    var owner: Owner
    /// Nil as long as nothing outside can exist.
    var record: RunRecord?

    private static let name = "run.json"

    /// Nil if there is none that can be read.
    init?(in directory: String) {
        guard let data = FileManager.default.contents(atPath: "\(directory)/\(Self.name)"),
            let file = try? JSON.decode(RunFile.self, from: Array(data))
        else { return nil }
        self = file
    }

    init(owner: Owner, record: RunRecord? = nil) {
        self.owner = owner
        self.record = record
    }

    /// Replaces the file in one step.
    func write(in directory: String) throws {
        let path = "\(directory)/\(Self.name)"
        try NewFile.write(JSON.text(self) + "\n", to: "\(path).part", mode: 0o600)
        guard rename("\(path).part", path) == 0 else {
            throw InfrastructureError(
                "\(path) could not be written", why: String(cString: strerror(errno)), next: "make the state folder writable",
                isTransient: false)
        }
    }
}
