/// Installs applications: one kind of `deploy:` step.
public protocol Deployer: Sendable {
    var declaration: Declaration { get }
    /// Runs the step. A failure is a failed case; it throws only if there is no verdict.
    ///
    /// - Parameter log: told each line of output while it runs; the engine redacts, shows and keeps it in the step's log.
    /// - Returns: at least one case; the engine fills in phase, step, location and attachments.
    func deploy(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws -> [CaseResult]
}

/// A deployer whose steps can be undone, on hosts that outlive the cell.
public protocol RevocableDeployer: Deployer {
    /// Removes what the step installed; success also if nothing is there.
    func withdraw(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws
}

/// Writes a cell's Ansible inventory before its first deploy step: what `${inventory}` names.
public protocol InventoryWriter: Sendable {
    /// Writes the inventory of these hosts into `directory` and returns the file's absolute path.
    func write(_ cell: CellPlan, hosts: [Host], run: RunID, to directory: String) throws -> String
}
