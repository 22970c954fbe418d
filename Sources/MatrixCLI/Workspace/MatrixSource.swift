import Foundation
import MatrixChecks
import MatrixCore
import MatrixDeployers
import MatrixFile
import MatrixPlatforms
import MatrixRemote

/// Reads matrix files with everything that this program can do.
enum MatrixSource {
    static var loader: MatrixLoader {
        MatrixLoader(
            deployers: DeployerCatalogue.all(runner: LocalTransport()).map(\.declaration), checks: CheckRunner().declarations,
            drivers: PlatformCatalogue().declarations, environment: ProcessInfo.processInfo.environment)
    }

    /// Reads and expands a matrix file.
    /// - Throws: `UsageError` with all its problems.
    static func load(_ file: String, _ selection: Selection = Selection()) throws -> Plan {
        try loader.load(file, selection: selection)
    }
}
