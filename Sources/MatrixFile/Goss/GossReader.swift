internal import Foundation
import MatrixCore

/// Reads goss files: what they ask becomes checks of ours, which are asked without goss on the host.
///
/// goss is described at <https://goss.rocks>; its resources and matchers in "The gossfile configuration" there.
struct GossReader {
    /// The kind of an item that names a goss file.
    static let declaration = Declaration(
        kind: "goss", subject: .text,
        summary: "The checks of a goss file, asked without goss on the host; what cannot be asked is an error",
        example: "- goss: goss.yaml")

    /// Keys of such an item that each of its checks gets.
    static let shared = ["hosts", "when", "tags", "after", "within", "every", "waive"]

    /// How deep files may name others.
    private static let deepest = 8

    let context: LoadContext

    /// The checks of the file that an item names, as items of `verify:` with their positions in the goss file.
    func checks(of item: Document) -> [Document] {
        guard let place = item[Self.declaration.kind], let path = context.path(place) else { return [] }
        if place.text?.contains("${") == true {
            problem(at: place.location, "a goss file is read before any cell is known: its path cannot hold a reference", "write the path")
            return []
        }
        let before = context.problems.count
        let resources = resources(of: path, named: place.location, open: [])
        if resources.isEmpty, context.problems.count == before {
            problem(at: place.location, "`\(path)` asks nothing", "name a goss file with resources, such as `service:`")
        }
        let more = item.members.filter { Self.shared.contains($0.key) }
        return resources.flatMap { GossResource($0, problems: context.problems).checks }.map { check in
            Document(.map(check.members + more), at: check.location)
        }
    }

    private func problem(at location: SourceLocation, _ message: String, _ hint: String) {
        context.problems.error(at: location, message, hint: hint)
    }

    // MARK: - Files

    /// The resources of a file and of those that it names.
    private func resources(of path: String, named location: SourceLocation, open: [String]) -> [GossResource.Source] {
        guard !open.contains(path), open.count < Self.deepest else {
            problem(
                at: location, open.contains(path) ? "`\(path)` names itself" : "goss files name each other more than \(Self.deepest) deep",
                "remove this `gossfile`")
            return []
        }
        guard isPlain(path), let document = context.document(of: path, named: location) else { return [] }
        guard case .map = document.content else {
            problem(at: document.location, "a goss file is a map of resources", "such as `service:` with names below it")
            return []
        }
        return document.members.flatMap { member -> [GossResource.Source] in
            if member.key == "gossfile" { return included(by: member.value, in: path, open: open + [path]) }
            guard GossResource.types.contains(member.key) else {
                let hint = Hint.meant(member.key, among: GossResource.types + ["gossfile"], otherwise: "there are")
                let isKnown = GossResource.unaskable[member.key]
                let next = isKnown == nil ? hint : "remove `\(member.key)`"
                problem(at: member.keyLocation, isKnown ?? "goss has no resource `\(member.key)`", next)
                return []
            }
            return member.value.members.map { GossResource.Source(type: member.key, name: $0.key, place: $0.keyLocation, values: $0.value) }
        }
    }

    /// Whether a file is plain YAML or JSON: templates are a language with loops and functions.
    private func isPlain(_ path: String) -> Bool {
        guard let text = try? context.sources.read(path, isGiven: false), let start = text.firstRange(of: "{{") else { return true }
        let before = text[..<start.lowerBound]
        let line = before.count { $0.isNewline } + 1
        let begin = before.lastIndex(where: \.isNewline).map(before.index(after:)) ?? before.startIndex
        let column = before.distance(from: begin, to: before.endIndex)
        problem(
            at: SourceLocation(file: path, line: line, column: column + 1), "templates of goss files cannot be read",
            "render it first, and name the result: goss --gossfile \(ShellQuoting.quote(path)) render > rendered.yaml")
        return false
    }

    private func included(by document: Document, in path: String, open: [String]) -> [GossResource.Source] {
        document.members.flatMap { member -> [GossResource.Source] in
            if member.value["skip"]?.bool == true { return [] }
            let named = FileReference.resolve(member.value["file"]?.text ?? member.key, namedIn: path, home: context.home)
            let files = named.contains("*") || named.contains("?") ? matching(named) : [named]
            if files.isEmpty { problem(at: member.keyLocation, "no file is `\(named)`", "correct the pattern") }
            return files.flatMap { resources(of: $0, named: member.keyLocation, open: open) }
        }
    }

    /// The files of a folder whose names match a pattern.
    private func matching(_ pattern: String) -> [String] {
        let folder = (pattern as NSString).deletingLastPathComponent
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let last = (pattern as NSString).lastPathComponent
        return names.filter { Glob.matches(last, $0) }.sorted().map { "\(folder)/\($0)" }
    }
}
