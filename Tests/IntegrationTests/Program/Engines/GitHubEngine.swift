import Foundation
import MatrixCore
import Testing

/// Does what GitHub Actions does with an exported workflow: jobs, their steps, artifacts between them.
///
/// What it does not know (an action, an expression, a key of a step) fails the test, so that nothing of the file goes unread.
struct GitHubEngine {
    let fleet: RunnerFleet
    private struct Unknown: Error { let text: String }

    func run(_ text: String) throws -> EngineEnding {
        let jobs = try #require(ExportedFile.documents(text).first?["jobs"])
        let cells = try #require(jobs["cells"])
        let artifacts = try fleet.folder("artifacts", withProject: false)
        #expect(cells["strategy"]?["fail-fast"]?.string == "false")
        var ending = EngineEnding()
        for shard in cells.element(at: "strategy.matrix.shard")?.texts ?? [] {
            let job = Job(
                fleet: fleet, artifacts: artifacts, values: ["matrix.shard": shard],
                folder: try fleet.folder("job-\(shard)", withProject: false))
            ending.shards.append(try job.run(cells["steps"]?.elements ?? []))
        }
        let report = try #require(jobs["report"])
        guard report["needs"]?.string == "cells", report["if"]?.string == "${{ !cancelled() }}" else {
            throw Unknown(text: "the conditions of report")
        }
        let folder = try fleet.folder("job-report", withProject: false)
        ending.merge = try Job(fleet: fleet, artifacts: artifacts, values: [:], folder: folder).run(report["steps"]?.elements ?? [])
        ending.report = try? Report(at: folder.appendingPathComponent("reports/latest").resolvingSymlinksInPath())
        // The last steps keep what the merge made: the same is in the artifact.
        let kept = try FileManager.default.subpathsOfDirectory(atPath: artifacts.path).filter {
            $0.hasSuffix("-report/\(ending.report?.run ?? "none")/junit.xml")
        }
        #expect((kept.count == 1) == (ending.report != nil))
        return ending
    }

    /// One job on its machine.
    private struct Job {
        let fleet: RunnerFleet
        let artifacts: URL
        let values: [String: String]
        let folder: URL

        /// - Returns: the status of the first step that failed.
        func run(_ steps: [Value]) throws -> Int32 {
            var status: Int32 = 0
            for step in steps {
                guard Set(step.members.keys).isSubset(of: ["name", "uses", "with", "run", "env", "if"]) else {
                    throw Unknown(text: "\(step.members.keys)")
                }
                let always = try step["if"].map { try condition($0.text) } ?? false
                guard status == 0 || always else { continue }
                let result = try take(step)
                if status == 0 { status = result }
            }
            return status
        }

        private func condition(_ text: String) throws -> Bool {
            guard text == "${{ always() }}" else { throw Unknown(text: text) }
            return true
        }

        private func take(_ step: Value) throws -> Int32 {
            if let script = try step["run"].map({ try expanded($0.text) }) { return try shell(script, step["env"]?.members ?? [:]) }
            let inputs = try (step["with"]?.members ?? [:]).mapValues { try expanded($0.text) }
            switch step["uses"]?.string?.split(separator: "@").first {
            case "actions/checkout":
                try fleet.checkOut(into: folder)
                return 0
            case "actions/upload-artifact": return try upload(inputs)
            case "actions/download-artifact": return try download(inputs)
            default: throw Unknown(text: step.json)
            }
        }

        private func expanded(_ text: String) throws -> String {
            var text = text
            for (name, value) in values { text = text.replacing("${{ \(name) }}", with: value) }
            text = text.replacing(/\$\{\{ secrets\.[A-Z_]+ \}\}/, with: "a secret")
            guard !text.contains("${{") else { throw Unknown(text: text) }
            return text
        }

        private func shell(_ script: String, _ environment: [String: Value]) throws -> Int32 {
            let summary = folder.deletingLastPathComponent().appendingPathComponent("\(folder.lastPathComponent)-summary.md").path
            let own = ["GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": summary, "GITHUB_WORKSPACE": folder.path]
            return try fleet.run(
                ["bash", "-e", "-c", script], in: folder,
                environment: own.merging(try environment.mapValues { try expanded($0.text) }) { _, new in new })
        }

        /// Files below the first wildcard's folder keep their paths, as the action has it.
        private func upload(_ inputs: [String: String]) throws -> Int32 {
            let lines = Value.string(inputs["path"] ?? "").lines
            let files = try lines.filter { !$0.hasPrefix("!") }.flatMap { pattern in
                let base = pattern.prefix { $0 != "*" }
                return try found(pattern).filter { file in
                    !lines.contains { $0.hasPrefix("!") && (try? found(String($0.dropFirst())))?.contains(file) == true }
                }
                .map { (from: $0, to: String($0.dropFirst(base.count))) }
            }
            guard !files.isEmpty else { return inputs["if-no-files-found"] == "error" ? 1 : 0 }
            let target = artifacts.appendingPathComponent(inputs["name"] ?? "artifact")
            guard !FileManager.default.fileExists(atPath: target.path) else { return 1 }
            for file in files { try Files.copy(folder.appendingPathComponent(file.from), to: target.appendingPathComponent(file.to)) }
            return 0
        }

        private func found(_ pattern: String) throws -> [String] { try Files.below(folder, matching: pattern) }

        /// Newer versions of the action put a lone artifact into the folder itself, not into one of its name.
        private func download(_ inputs: [String: String]) throws -> Int32 {
            let names = try FileManager.default.contentsOfDirectory(atPath: artifacts.path).filter {
                Glob.matches(inputs["pattern"] ?? "*", $0)
            }
            let target = folder.appendingPathComponent(inputs["path"] ?? ".")
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            for name in names {
                let source = artifacts.appendingPathComponent(name)
                for file in try Files.below(source, matching: "*") {
                    try Files.copy(
                        source.appendingPathComponent(file),
                        to: (names.count == 1 ? target : target.appendingPathComponent(name)).appendingPathComponent(file))
                }
            }
            return 0
        }
    }
}
