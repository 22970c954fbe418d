import Foundation
import MatrixCore
import MatrixReports

/// Runs what a matrix file names under `after:`, once, when a run has ended and its reports are written.
///
/// It can change nothing of the run: a failure of it is a warning.
struct AfterCommand: Sendable {
    /// The log of its output, in the report's folder.
    static let log = "after.log"
    /// How much of its output is kept.
    private static let outputLimit = 1 << 20

    let command: AfterRun
    let secrets: [String: String]
    let redactor: Redactor
    let runner: any Transport

    /// Runs it.
    ///
    /// - Parameter folder: the report's folder.
    /// - Returns: what went wrong; nil if nothing did.
    func run(after result: RunResult, in folder: String) async -> Diagnostic? {
        let name = "after: \(redactor.redact(command.words.first ?? ""))"
        do {
            let own = try command.environment.mapValues { text in
                let known = Dictionary(secrets.map { ("secrets.\($0.key)", $0.value) }) { $1 }
                return try Scope(command.names).adding(known).render(text, at: command.location)
            }
            let facts = Self.environment(of: result, in: folder)
            let asked = Command(
                command.words, environment: facts.merging(own) { $1 }, directory: command.folder, outputLimit: Self.outputLimit,
                timeout: command.timeout)
            let ended = try await runner.run(asked)
            let text = redactor.redact(PlainText.clean(ended.standardOutput) + PlainText.clean(ended.standardError))
            if !text.isEmpty { try? NewFile.write(text, to: "\(folder)/\(Self.log)") }
            guard !ended.succeeded else { return nil }
            let last = text.split(whereSeparator: \.isNewline).last.map { ": \($0.prefix(300))" } ?? ""
            return warning("\(name) ended with \(CommandFailure.outcome(of: ended.exitStatus))\(last)", folder, hasLog: !text.isEmpty)
        } catch is CancellationError {
            return warning("\(name) was interrupted", folder, hasLog: false)
        } catch let error as InfrastructureError {
            return warning("\(name): \(redactor.redact("\(error.what): \(error.why)"))", folder, hasLog: false)
        } catch {
            return warning("\(name): \(redactor.redact("\(error)"))", folder, hasLog: false)
        }
    }

    /// Runs it, and says what went wrong. A signal ends it.
    func runToEnd(after result: RunResult, in folder: String) async {
        Terminal.error("after: \(redactor.redact(command.words.joined(separator: " ")))")
        let work = Task { await run(after: result, in: folder) }
        let watch = SignalWatch { _ in
            work.cancel()
        } abandon: {
            $0
        }
        if let problem = await watch.watch({ await work.value }) { Terminal.error(problem.description) }
    }

    private func warning(_ message: String, _ folder: String, hasLog: Bool) -> Diagnostic {
        let hint = hasLog ? "see \(folder)/\(Self.log); the run's own status stays" : "the run's own status stays"
        return Diagnostic(.warning, at: command.location, message, hint: hint)
    }

    /// What it can know of the run without reading `results.json`.
    static func environment(of result: RunResult, in folder: String) -> [String: String] {
        var environment = [
            "SOLTI_RESULTS": "\(folder)/results.json", "SOLTI_REPORTS": folder, "SOLTI_RUN": result.run.value,
            "SOLTI_MATRIX": result.matrix, "SOLTI_STATUS": "\(result.exitStatus.rawValue)", "SOLTI_CELLS": "\(result.cells.count)",
            "SOLTI_HEADLINE": RunDigest(result).sentence,
        ]
        for outcome in Outcome.allCases {
            let name = outcome.rawValue.uppercased()
            environment["SOLTI_CELLS_\(name)"] = "\(result.cells.count { $0.outcome == outcome })"
            environment["SOLTI_CASES_\(name)"] = "\(result.cells.reduce(0) { $0 + $1.cases.count { $0.outcome == outcome } })"
        }
        return environment
    }
}

extension AfterCommand {
    /// The command of a matrix whose shards are merged here, from the matrix file as the shards named it.
    ///
    /// - Returns: nil if the file no longer has one.
    /// - Throws: `UsageError` if the file or a secret cannot be read here.
    static func merging(_ result: RunResult) async throws -> AfterCommand? {
        guard FileManager.default.fileExists(atPath: result.file) else {
            throw UsageError("the file is not here", hint: "merge in the folder in which the shards ran, with the project checked out")
        }
        // What the cells need of the environment is not needed here.
        let plan = try (try? MatrixSource.load(result.file)) ?? MatrixSource.load(result.file, isOffline: true)
        guard let command = plan.after else { return nil }
        let texts = command.words + command.environment.values
        if let unset = plan.placeholders.first(where: { name in texts.contains { $0.contains("⟨\(name)⟩") } }) {
            throw UsageError("the environment variable `\(unset)` is not set", hint: "export \(unset)=…")
        }
        let runner = try await Runner.transport(for: plan)
        let secrets = try await PlanSecrets.resolve(command.secrets, of: plan, using: runner)
        secrets.values.forEach(Terminal.redactor.hide)
        return AfterCommand(command: command, secrets: secrets, redactor: Terminal.redactor, runner: runner)
    }
}
