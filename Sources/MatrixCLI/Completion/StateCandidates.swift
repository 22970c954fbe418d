import ArgumentParser
import Foundation
import MatrixCore

/// What a state folder offers for completion. It is not created.
struct StateCandidates {
    private let words: CompletedWords

    init(words: [String]) { self.words = CompletedWords(words) }

    private var state: StateFolder? {
        let chosen = words.value(of: "--state").map { ["--state", $0] } ?? []
        guard let path = try? StateOptions.parse(chosen).folder(), FileManager.default.fileExists(atPath: "\(path)/state.db") else {
            return nil
        }
        return try? StateFolder(path)
    }

    private func hostsThatAreUp() async -> [Resource] {
        ((try? await state?.ledger.open()) ?? []).map(\.resource).filter { $0.host != nil }
    }

    var cells: [String] { get async { Self.unique(await hostsThatAreUp().map(\.cell)) } }

    /// Each cell, and `cell:host` for the hosts of a cell that has several.
    var hosts: [String] {
        get async {
            let hosts = await hostsThatAreUp()
            return Self.unique(hosts.map(\.cell))
                + hosts.compactMap { resource in
                    guard let host = resource.host, host.hasPrefix("\(resource.cell)-") else { return nil }
                    return "\(resource.cell):\(host.dropFirst(resource.cell.count + 1))"
                }
        }
    }

    var runs: [String] { get async { Self.unique(((try? await state?.ledger.open()) ?? []).map(\.resource.run.value)) } }

    var interruptedRuns: [String] { get async { ((try? await state?.ledger.unfinishedRuns()) ?? []).map(\.run.value) } }

    var poolHosts: [String] { get async { Self.unique(((try? await state?.pools.hosts()) ?? []).map(\.name)) } }

    private static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
