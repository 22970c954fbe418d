import Foundation
import MatrixCore

/// Facts about a run for its report.
enum RunFacts {
    /// As they are: the engine takes the secrets out of its result.
    static func environment(of plan: Plan, _ arguments: RunArguments) -> [String: String] {
        let info = ProcessInfo.processInfo
        var facts = [
            "command": ShellQuoting.join(["matrix"] + CommandLine.arguments.dropFirst()), "matrix": Version.full,
            "system": info.operatingSystemVersionString, "processors": "\(info.activeProcessorCount)",
        ]
        facts["sample"] = plan.sample?.description
        facts["options"] = arguments.planOptions
        facts["folder"] = FileManager.default.currentDirectoryPath
        facts["state"] = StateHint.shared.named
        for name in ["CI", "GITHUB_SHA", "GITHUB_RUN_ID", "CI_COMMIT_SHA", "CI_JOB_ID", "BUILD_TAG"] {
            if let value = info.environment[name], !value.isEmpty { facts[name] = value }
        }
        return facts
    }

    /// The commit of the project's checkout, with `-dirty` if its tree has changes; nil outside a Git checkout.
    static func commit(_ project: String, _ runner: any Transport) async -> String? {
        let head = try? await git(["rev-parse", "--short=12", "HEAD"], project, runner)
        guard let head, head.succeeded, !head.output.isEmpty else { return nil }
        let changes = try? await git(["status", "--porcelain", "--untracked-files=no"], project, runner)
        return changes?.output.isEmpty == false ? "\(head.output)-dirty" : head.output
    }

    /// Asks Git without the programs that a folder's own configuration names: a repository can hold another one as plain files.
    private static func git(_ arguments: [String], _ project: String, _ runner: any Transport) async throws -> CommandResult {
        let harmless = ["-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false"]
        return try await runner.run(Command(["git"] + harmless + ["-C", project] + arguments, timeout: .seconds(10)))
    }
}
