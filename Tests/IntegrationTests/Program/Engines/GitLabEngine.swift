import Foundation
import MatrixCore
import Testing

/// Does what GitLab does with an exported child pipeline: a parallel job, its artifacts, the job that needs them.
struct GitLabEngine {
    let fleet: RunnerFleet

    func run(_ text: String) throws -> EngineEnding {
        let pipeline = try #require(ExportedFile.documents(text).first)
        let (cells, report) = (try #require(pipeline["cells"]), try #require(pipeline["report"]))
        let total = cells["parallel"].flatMap { Int($0.text) } ?? 1
        let last = try fleet.folder("job-report")
        var ending = EngineEnding()
        for index in 1...total {
            let folder = try fleet.folder("job-\(index)")
            let own = total > 1 ? ["CI_NODE_INDEX": "\(index)", "CI_NODE_TOTAL": "\(total)"] : [:]
            ending.shards.append(try script(cells, in: folder, own))
            let artifacts = try #require(cells["artifacts"])
            guard artifacts["when"]?.string == "always" || ending.shards.last == 0 else { continue }
            // Artifacts of all jobs that are needed are unpacked into one folder.
            for file in try kept(artifacts, in: folder) {
                try Files.copy(folder.appendingPathComponent(file), to: last.appendingPathComponent(file))
            }
            let junit = try Files.below(folder, matching: artifacts.element(at: "reports.junit")?.text ?? "")
            #expect(junit.count == (ending.shards.last == 137 ? 0 : 1), "GitLab reads the shard's junit.xml")
        }
        guard report["when"]?.string == "always" || ending.shards.allSatisfy({ $0 == 0 }) else { return ending }
        #expect(report["needs"]?.elements.first?["job"]?.string == "cells")
        ending.merge = try script(report, in: last, [:])
        ending.report = try? Report(at: last.appendingPathComponent("reports/latest").resolvingSymlinksInPath())
        return ending
    }

    private func script(_ job: Value, in folder: URL, _ environment: [String: String]) throws -> Int32 {
        let lines = job["script"]?.texts ?? []
        return try fleet.run(
            ["bash", "-c", (["set -eo pipefail"] + lines).joined(separator: "\n")], in: folder,
            environment: environment.merging(["GITLAB_CI": "true"]) { $1 })
    }

    private func kept(_ artifacts: Value, in folder: URL) throws -> [String] {
        let excluded = try (artifacts["exclude"]?.texts ?? []).flatMap {
            try Files.below(folder, matching: $0.replacing("/**/*", with: "/*"))
        }
        return try (artifacts["paths"]?.texts ?? []).flatMap { try Files.below(folder, matching: $0) }.filter { !excluded.contains($0) }
    }
}
