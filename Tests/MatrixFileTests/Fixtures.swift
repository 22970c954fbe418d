import Foundation
import MatrixCore
import MatrixFile
import MatrixTesting
import Testing

/// Files below `fixtures/`, and texts that are read as if they were files.
enum Fixtures {
    static let folder = Repository.path("fixtures")

    static func names(_ prefix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".yml") }.sorted()
    }

    static func loader(
        _ environment: [String: String] = [:], deployers: [Declaration] = TestKinds.deployers, drivers: [Declaration] = TestKinds.drivers
    ) -> MatrixLoader {
        MatrixLoader(deployers: deployers, checks: TestKinds.checks, drivers: drivers, environment: environment)
    }

    /// Writes files into a new folder, and loads `matrix.yml` among them.
    static func load(
        _ text: String, files: [String: String] = [:], selection: Selection = Selection(), environment: [String: String] = [:],
        drivers: [Declaration] = TestKinds.drivers
    ) throws -> Plan {
        try inFolder(files.merging(["matrix.yml": text]) { $1 }) { folder in
            do {
                return try loader(environment, drivers: drivers).load("\(folder)/matrix.yml", selection: selection)
            } catch let error as UsageError {
                throw UsageError(error.diagnostics.map { $0.relocated(without: "\(folder)/") })
            }
        }
    }

    /// The diagnostics of a text that must be wrong, one a line, without the folder.
    static func problems(
        of text: String, files: [String: String] = [:], selection: Selection = Selection(), environment: [String: String] = [:],
        drivers: [Declaration] = TestKinds.drivers
    ) -> String {
        do {
            _ = try load(text, files: files, selection: selection, environment: environment, drivers: drivers)
            return ""
        } catch {
            return "\(error)"
        }
    }

    static func inFolder<T>(_ files: [String: String], _ body: (String) throws -> T) throws -> T {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.put(name, text) }
        return try body(folder.path)
    }

    /// A small matrix with more at its end.
    static func matrix(_ more: String = "", axes: String = "{ os: [debian12, debian13], platform: podman }") -> String {
        let verify = more.contains("verify:") ? "" : "verify: [{ service: ssh }]\n"
        return "version: 1\naxes: \(axes)\n\(verify)\(more)\n"
    }
}

extension Diagnostic {
    func relocated(without folder: String) -> Diagnostic {
        var copy = self
        copy.location?.file = location?.file.replacingOccurrences(of: folder, with: "") ?? ""
        copy.message = message.replacingOccurrences(of: folder, with: "")
        return copy
    }
}
