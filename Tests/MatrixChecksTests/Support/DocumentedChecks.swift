import Foundation
import MatrixCore
import MatrixTesting

@testable import MatrixChecks

/// The examples of docs/checks.md.
enum DocumentedChecks {
    static func read() throws -> [Document] {
        let text = try String(contentsOfFile: Repository.path("docs/checks.md"), encoding: .utf8)
        let blocks = text.components(separatedBy: "```yaml\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
        return try blocks.flatMap { try YAMLDocument.read($0).elements }
    }

    /// The step that MatrixFile would make of an example.
    static func step(_ options: Document, number: Int) throws -> StepPlan {
        var modifiers = CheckModifiers(
            user: options["as"]?.text ?? "root", within: options["within"]?.duration, stable: options["stable"]?.duration)
        modifiers.every = options["every"]?.duration ?? modifiers.every
        modifiers.waiver = options["waive"].map { Waiver(until: $0["until"]?.text ?? "", because: $0["because"]?.text ?? "") }
        return StepPlan(
            name: "example \(number) at line \(options.location.line)", kind: try Samples.kind(of: options), options: options,
            timeout: options["timeout"]?.duration,
            modifiers: modifiers)
    }
}
