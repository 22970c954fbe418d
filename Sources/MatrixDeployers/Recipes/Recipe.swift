public import MatrixCore

/// A deployer written in YAML: options, scripts for hosts, the meaning of their output, and checks of the result.
public struct Recipe: Sendable {
    /// The form of a recipe's file.
    public static var shape: ObjectShape { RecipeShape.recipe }

    /// The key that names it in a step.
    public let kind: String
    /// The position of its key.
    public let location: SourceLocation
    let summary: String
    let systems: [String]
    let options: [RecipeOption]
    let exclusive: [[String]]
    let together: [[String]]
    let stages: [RecipeStage]
    private let example: String

    /// Reads a recipe.
    ///
    /// - Parameters:
    ///   - document: a file's content that fits ``shape``.
    ///   - readChecks: reads a list of checks.
    /// - Throws: `UsageError` with everything that is wrong with it.
    public init(_ document: Document, readChecks: (Document) throws -> [StepPlan]) throws {
        var problems = RecipeExamination(document).problems
        kind = document["recipe"]?.text ?? ""
        location = document["recipe"]?.location ?? document.location
        summary = document["summary"]?.text ?? ""
        systems = document["systems"]?.texts ?? []
        options = (document["options"]?.members ?? []).map { RecipeOption($0.key, $0.value) }
        exclusive = (document["exclusive"]?.elements ?? []).map(\.texts)
        together = (document["together"]?.elements ?? []).map(\.texts)
        example = document["example"]?.text ?? "- \(kind): {}"
        var stages: [RecipeStage] = []
        for stage in document["stages"]?.elements ?? [] {
            do {
                stages.append(RecipeStage(stage, checks: try stage["checks"].map(readChecks) ?? []))
            } catch let error as UsageError {
                problems += error.diagnostics
            }
        }
        self.stages = stages
        guard problems.isEmpty else { throw UsageError(problems) }
    }

    func option(_ name: String) -> RecipeOption? { options.first { $0.name == name } }

    var declaration: Declaration {
        Declaration(
            kind: kind, subject: .object(ObjectShape("the options of \(kind)", options.map(\.key))), summary: summary, example: example,
            verifies: true,
            examine: examine)
    }

    @Sendable private func examine(_ item: Document) -> [Diagnostic] {
        guard let subject = item[kind] else { return [] }
        let given = Set(options.filter { $0.isGiven(in: subject) }.map(\.name))
        var problems: [Diagnostic] = []
        for names in exclusive.map({ $0.filter(given.contains) }) where names.count > 1 {
            let place = subject[names[1]]?.location ?? subject.location
            problems.append(Diagnostic(at: place, "\(names.joined(separator: " and ")) exclude each other", hint: "keep one of them"))
        }
        for group in together where !given.isDisjoint(with: group) && !given.isSuperset(of: group) {
            let missing = group.filter { !given.contains($0) }.joined(separator: ", ")
            let message = "\(group.joined(separator: ", ")) belong together, and \(missing) is missing"
            problems.append(Diagnostic(at: subject.location, message, hint: "give all of them or none"))
        }
        return problems + options.filter { $0.kind == .file }.compactMap { Paths.missing(subject[$0.name]) }
    }
}
