internal import MatrixCore

/// The last section: facts of the run, and what it left.
struct RunView {
    /// A resource that is still on a platform.
    struct Remains {
        let what: String
        let why: String
        let command: String
    }

    let facts: [Fact]
    let environment: [Fact]
    let leaks: [Remains]
    let kept: [Remains]
    let warnings: [String]
    let hasEnvironment: Bool
    let hasLeaks: Bool
    let hasKept: Bool
    let hasWarnings: Bool

    init(_ result: RunResult) {
        facts = Self.facts(result)
        environment = result.environment.sorted { $0.key < $1.key }.map {
            Fact(ReportText.line($0.key, limit: 120), ReportText.line($0.value, limit: HTMLLimits.line))
        }
        leaks = result.leaks.map {
            Remains(
                what: Self.words($0.resource), why: ReportText.line($0.reason, limit: HTMLLimits.line),
                command: ReportText.line($0.command, limit: 1000))
        }
        kept = result.kept.map { Self.kept($0, of: result) }
        warnings = result.warnings.map { ReportText.line($0.description, limit: HTMLLimits.line) }
        hasEnvironment = !environment.isEmpty
        hasLeaks = !leaks.isEmpty
        hasKept = !kept.isEmpty
        hasWarnings = !warnings.isEmpty
    }

    private static func facts(_ result: RunResult) -> [Fact] {
        [
            Fact("Run", result.run.value), Fact("Matrix file", result.file), Fact("Started", Brief.moment(result.started)),
            Fact("Finished", Brief.moment(result.finished)), Fact("Result", result.exitStatus.sentence),
            Fact("Commit", result.commit ?? ""),
            Fact("Selection", result.selection.joined(separator: " ")), Fact("Not selected", notSelected(result)),
        ].map { Fact($0.name, ReportText.line($0.value, limit: HTMLLimits.line)) }.filter { !$0.value.isEmpty }
    }

    private static func notSelected(_ result: RunResult) -> String {
        guard !result.notSelected.isEmpty else { return "" }
        let count = result.notSelected.count
        return
            "\(Tally.cells(count)): \(result.notSelected.prefix(20).joined(separator: ", "))\(count > 20 ? ", …" : "")"
    }

    private static func words(_ resource: Resource) -> String {
        ReportText.line(
            "\(resource.kind) \(resource.name)\(resource.id.isEmpty ? "" : " (\(resource.id))") on \(resource.platform)",
            limit: HTMLLimits.line)
    }

    private static func kept(_ resource: Resource, of result: RunResult) -> Remains {
        let until = resource.expires.map { "until \(Brief.moment($0))" } ?? "until it is destroyed"
        let command = ShellQuoting.join(["matrix", "destroy"] + result.stateWords + [result.file, "--cell", resource.cell])
        let price = resource.price.map { "; it costs \($0.text)" } ?? ""
        return Remains(what: words(resource), why: until + price, command: ReportText.line(command, limit: 1000))
    }
}
