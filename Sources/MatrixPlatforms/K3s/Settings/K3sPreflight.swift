internal import Foundation
internal import MatrixCore

/// Finds what a cluster lacks before anything is created, except what its lender finds.
struct K3sPreflight {
    let settings: K3sSettings

    func problems(of cells: [CellPlan]) -> [PreflightProblem] {
        missingFiles + cells.flatMap { lenderProblems($0) + roleProblems($0) }
    }

    private var missingFiles: [PreflightProblem] {
        let files =
            [("script", settings.script)] + settings.binaries.values.sorted().map { ("binary", $0) }
            + settings.images.map { ("images", $0) }
        return files.compactMap { key, path in
            guard let path, !FileManager.default.isReadableFile(atPath: path) else { return nil }
            return PreflightProblem(
                .error, "\(key): \(path) cannot be read", next: "relative paths are relative to the file that names them")
        }
    }

    private func lenderProblems(_ cell: CellPlan) -> [PreflightProblem] {
        guard settings.lender(of: cell.os.name) == nil else { return [] }
        return [PreflightProblem(.unavailable, cells: [cell.name], "no platform lends \(cell.os.name)", next: "name one in nodes:")]
    }

    private func roleProblems(_ cell: CellPlan) -> [PreflightProblem] {
        let count = cell.hosts.count(where: ClusterNode.isControl)
        guard count.isMultiple(of: 2) else { return [] }
        let (message, next) =
            count == 0
            ? ("a K3s cluster needs a control node, but \(cell.name) has none", "write hosts: { control: {}, worker: { count: 2 } }")
            : (
                "\(cell.name) has \(count) control nodes: their etcd needs an odd number, to decide if one of them fails",
                "write hosts: { control: { count: \(count + 1) } }"
            )
        return [PreflightProblem(.error, cells: [cell.name], message, next: next)]
    }
}
