import Foundation
import MatrixCore
import MatrixLedger

/// State folders below the working folder: a run of a matrix file in a folder without a project keeps its state beside the file.
struct NearbyStates {
    /// A cell with something on another ledger.
    struct Cell: Hashable {
        let name: String
        /// The path of its state folder as a command can name it.
        let state: String
    }

    /// The cells of all state folders at most two folders below, and of the project's, except `path`.
    static func cells(besides path: String, below folder: String = FileManager.default.currentDirectoryPath) async -> [Cell] {
        var found: [Cell] = []
        for state in states(below: folder) where state != path {
            guard let ledger = try? StateFolder(state).ledger, let open = try? await ledger.open() else { continue }
            let names = Set(open.map(\.resource.cell)).sorted()
            found += names.map { Cell(name: $0, state: shown(state, from: folder)) }
        }
        return found
    }

    /// What to say of them; nil if there are none.
    static func line(_ cells: [Cell]) -> String? {
        let states = Dictionary(grouping: cells, by: \.state).sorted { $0.key < $1.key }
        guard !states.isEmpty else { return nil }
        return states.map { state, cells in
            let names = cells.map(\.name).prefix(5).joined(separator: ", ") + (cells.count > 5 ? " and \(cells.count - 5) more" : "")
            return "in \(state): \(names); see them with: matrix status --state \(ShellQuoting.quote(state))"
        }.joined(separator: "\n")
    }

    /// The most folders that are looked at: the working folder may be anything.
    private static let limit = 500

    static func states(below folder: String) -> [String] {
        var found: [String] = []
        var looked = 0
        var level = [Paths.absolute(folder)]
        for _ in 0...2 {
            var next: [String] = []
            for path in level {
                looked += 1
                guard looked <= limit else { return found }
                if FileManager.default.fileExists(atPath: "\(path)/.matrix/state.db") { found.append("\(path)/.matrix") }
                next += subfolders(of: path)
            }
            level = next
        }
        return found
    }

    private static func subfolders(of path: String) -> [String] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
        return names.map { "\(path)/\($0)" }.filter { path in
            // A link may lead anywhere, also back.
            let kind = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
            return kind == .typeDirectory
        }
    }

    private static func shown(_ path: String, from folder: String) -> String {
        let root = Paths.absolute(folder) + "/"
        return path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path
    }
}
