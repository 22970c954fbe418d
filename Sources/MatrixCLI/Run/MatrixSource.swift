import Foundation
import MatrixChecks
import MatrixCore
import MatrixFile
import MatrixPlatforms
import MatrixRemote

/// Reads matrix files with everything that this program can do.
enum MatrixSource {
    /// - Parameter file: the matrix file, beside which recipes may lie; nil for what is there without any.
    /// - Throws: `UsageError` for what is wrong with the recipes.
    static func loader(for file: String?) throws -> MatrixLoader {
        MatrixLoader(
            deployers: try Deployers.all(beside: file, runner: LocalTransport()).map(\.declaration), checks: CheckRunner().declarations,
            drivers: PlatformCatalogue().declarations, environment: ProcessInfo.processInfo.environment)
    }

    /// Reads and expands a matrix file.
    /// - Throws: `UsageError` with all its problems.
    static func load(_ file: String, _ selection: Selection = Selection()) throws -> Plan {
        try loader(for: file).load(file, selection: selection)
    }
}
