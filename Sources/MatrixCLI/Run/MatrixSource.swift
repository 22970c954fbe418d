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
    ///   - isOffline: whether the file is only looked at: it may be a stranger's.
    /// - Throws: `UsageError` for problems of the recipes.
    static func loader(
        for file: String?, environment: [String: String] = ProcessInfo.processInfo.environment, isOffline: Bool = false
    ) throws -> MatrixLoader {
        MatrixLoader(
            deployers: try Deployers.all(beside: file, runner: LocalTransport()).map(\.declaration), checks: CheckRunner().declarations,
            drivers: PlatformCatalogue().declarations, environment: environment, isOffline: isOffline)
    }

    /// Reads and expands a matrix file.
    ///
    /// - Parameter isOffline: whether the file is only looked at: placeholders stand for variables that are not set, and for secrets.
    /// - Throws: `UsageError` with all problems of the file.
    static func load(_ file: String, _ selection: Selection = Selection(), isOffline: Bool = false) throws -> Plan {
        let plan = try loader(for: file, isOffline: isOffline).load(file, selection: selection)
        protect(plan)
        return plan
    }

    /// Keeps what the plan's secrets and credentials are read from away from the programs that this process starts.
    static func protect(_ plan: Plan) {
        ChildEnvironment.shared.withhold(plan.secrets.values.compactMap(\.environmentVariable))
        ChildEnvironment.shared.withhold(plan.platforms.values.flatMap(PlatformSecrets.variables))
        if plan.hasCleanEnvironment { ChildEnvironment.shared.clean() }
    }
}
