internal import Foundation
import MatrixCore

/// `after:`: what runs on this machine when a run has ended.
enum AfterSection {
    private static let stages: [Phase] = [.create, .provision, .deploy, .verify]

    static let key = KeyShape(
        "after",
        .either([
            .oneOrMore(.text),
            .object(
                ObjectShape(
                    "the command after a run",
                    [
                        KeyShape("run", .oneOrMore(.text), "The program and its arguments, relative to this file", required: true),
                        KeyShape("env", .map(.text), "Its further environment; may hold ${secrets.x}"),
                        KeyShape("timeout", .duration, "How long it may take. Default: `1m`"),
                        KeyShape(
                            "stages", .oneOrMore(.choice(stages.map(\.rawValue))),
                            "The staged verbs that run it too: `verify` for matrix verify. Default: none"),
                    ])),
        ]),
        "A program and its arguments, run here once when the run has ended and its reports are written; a failure of it is a warning")

    /// Reports secrets among the arguments, which everybody on the machine can read, and a program that is not there.
    static func check(_ document: Document?, problems: Problems) {
        guard let words = words(document) else { return }
        for word in words where word.text?.contains("${secrets.") == true {
            problems.error(
                at: word.location, "a secret cannot be an argument: everyone on the machine can read it",
                hint: "write `run:` and `env:` below `after:`, and put it into `env:`")
        }
        guard let program = words.first, let text = program.text else {
            return problems.error(at: document?.location, "`after` names no program", hint: "write after: [./notify.sh]")
        }
        guard text.contains("/"), !text.contains("${") else { return }
        let path = FileReference.resolve(text, namedIn: FileReference.absolute(program.location.file), home: nil)
        if !FileManager.default.fileExists(atPath: path) {
            problems.error(at: program.location, "there is no program \(path)", hint: "name one that is there, relative to this file")
        } else if !FileManager.default.isExecutableFile(atPath: path) {
            problems.error(at: program.location, "\(path) cannot be executed", hint: "chmod +x \(ShellQuoting.quote(path))")
        }
    }

    private static func words(_ document: Document?) -> [Document]? {
        guard let document, document.content != .null else { return nil }
        return (document.members.isEmpty ? document : document["run"] ?? document).oneOrMore
    }

    static func command(of document: Document?, in scope: StaticScope, context: LoadContext) -> AfterRun? {
        guard let document, let list = words(document) else { return nil }
        let words = list.compactMap { word in word.text.map { scope.final($0, at: word.location) } }
        guard let program = words.first, !program.isEmpty else { return nil }
        let file = FileReference.absolute(document.location.file)
        let path = program.contains("/") ? FileReference.resolve(program, namedIn: file, home: context.home) : program
        let environment = (document["env"].map(scope.render)?.members ?? []).compactMap { member in
            member.value.text.map { (member.key, $0) }
        }
        var command = AfterRun(
            words: [path] + words.dropFirst(), folder: (file as NSString).deletingLastPathComponent,
            environment: Dictionary(environment) { $1 }, timeout: document["timeout"]?.duration ?? .seconds(60),
            stages: Set((document["stages"]?.texts ?? []).compactMap(Phase.init)), location: document.location)
        command.names = scope.postponed
        return command
    }
}
