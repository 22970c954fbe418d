import Foundation
import MatrixCore
import MatrixRemote

/// This machine as a runner of programs, with the Ansible that a matrix uses.
enum Runner {
    /// - Parameter plan: names an Ansible, or uses one whose version matters; nil for commands that have no matrix file.
    /// - Throws: `UsageError` if there is no Ansible where the file says.
    static func transport(for plan: Plan? = nil) async throws -> LocalTransport {
        let folder = try await finder.folder(named: plan?.ansible, compares: plan.map(usesAnsible) ?? false)
        return LocalTransport(ansible: folder)
    }

    /// Finds the Ansible of this machine.
    static var finder: AnsibleFinder {
        AnsibleFinder(runner: LocalTransport(), environment: ProcessInfo.processInfo.environment)
    }

    private static func usesAnsible(_ plan: Plan) -> Bool {
        if plan.requirements.concernsAnsible { return true }
        return plan.cells.contains { cell in (cell.deploy + cell.verify + cell.finally).contains { $0.kind == "ansible" } }
    }
}
