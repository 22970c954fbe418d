internal import MatrixCore

/// The files that a `collect` step copies from one host.
struct HostCollection {
    private let host: Host
    private let context: CellContext
    private let items: [(item: CollectItem, target: String)]
    private let label: String

    init(_ step: StepPlan, from host: Host, in context: CellContext) throws {
        self.host = host
        self.context = context
        let scope = context.scope(for: host)
        items = try step.subject.oneOrMore.compactMap { document in
            guard let item = CollectItem(try scope.render(document)) else { return nil }
            // Paths of the matrix file stay as they are, unless it puts a secret into one.
            let isSecret = !SecretNames.references(in: document).isEmpty
            return (item, isSecret ? context.withoutSecrets(item.target) : item.target)
        }
        label = context.label(of: host)
    }

    /// Copies everything and returns a note for each item.
    func collect() async throws -> [String] {
        let scratch = try FileSystem.makeUniqueFolder("\(context.scratch)/c")
        return try await withCleanup {
            var notes: [String] = []
            for (item, target) in items {
                let file = "\(scratch)/answer"
                let complaint = try await fetch(item, to: file)
                let answer = CollectAnswer(
                    file: file, target: "\(context.artifacts)/\(host.name)/\(target)",
                    place: "\(context.artifactsName)/\(host.name)/\(target)", redactor: context.redactor)
                notes.append("\(label): \(item.title): \(try answer.keep())" + (complaint.map { "; \($0)" } ?? ""))
            }
            return notes
        } cleanup: {
            FileSystem.remove(scratch)
        }
    }

    /// Asks the host for an item.
    ///
    /// - Returns: what programs there complained of.
    private func fetch(_ item: CollectItem, to file: String) async throws -> String? {
        var command = Command.script(CollectScript.text(item, since: context.deployStarted), user: "root")
        command.outputLimit = CollectScript.longestAnswer
        command.outputFile = file
        let result = try await host.transport.run(command)
        let lines = PlainText.clean(result.standardError).split(whereSeparator: \.isNewline)
        // A log that is still written to is no problem, nor is the end of an archive that is cut.
        let usual = ["file changed as we read it", "terminated by signal 13", "Broken pipe", "write error", "Wrote only"]
        let problems = lines.filter { line in !usual.contains { line.contains($0) } }
        return problems.first.map { problems.count > 1 ? "\($0) (and \(problems.count - 1) more)" : String($0) }
    }
}
