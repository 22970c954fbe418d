import Foundation
import MatrixChecks
import MatrixCore
import MatrixFile
import MatrixPlatforms
import MatrixRemote

/// Reads matrix files with every step, check and driver of this program.
enum MatrixSource {
    /// - Parameters:
    ///   - file: the matrix file, which may have recipes next to it; nil for the built-in kinds only.
    ///   - environment: what `${env.X}` reads.
    /// - Throws: `UsageError` for problems of the recipes.
    static func loader(
        for file: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> MatrixLoader {
        MatrixLoader(
            deployers: try Deployers.all(beside: file, runner: LocalTransport()).map(\.declaration), checks: CheckRunner().declarations,
            drivers: PlatformCatalogue().declarations, environment: environment)
    }

    /// Reads and expands a matrix file.
    /// - Throws: `UsageError` with all problems of the file.
    static func load(_ file: String, _ selection: Selection = Selection()) throws -> Plan {
        try loader(for: file).load(file, selection: selection)
    }
}
