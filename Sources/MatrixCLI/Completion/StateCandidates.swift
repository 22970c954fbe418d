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

    var cells: [String] { get async { await hostsThatAreUp().map(\.cell).unique } }

    /// Each cell, and `cell:host` for the hosts of a cell that has several.
    var hosts: [String] {
        get async {
            let hosts = await hostsThatAreUp()
            return hosts.map(\.cell).unique
                + hosts.compactMap { resource in
                    guard let host = resource.host, host.hasPrefix("\(resource.cell)-") else { return nil }
                    return "\(resource.cell):\(host.dropFirst(resource.cell.count + 1))"
                }
        }
    }

    var runs: [String] { get async { ((try? await state?.ledger.open()) ?? []).map(\.resource.run.value).unique } }

    var interruptedRuns: [String] { get async { ((try? await state?.ledger.unfinishedRuns()) ?? []).map(\.run.value) } }

    var poolHosts: [String] { get async { ((try? await state?.pools.hosts()) ?? []).map(\.name).unique } }
}
