internal import MatrixCore

/// Finds errors in a recipe beyond its form, before any matrix file uses it.
struct RecipeExamination {
    private let document: Document
    private let options: Set<String>
    private let stages: [Document]

    init(_ document: Document) {
        self.document = document
        options = Set(document["options"]?.members.map(\.key) ?? [])
        stages = document["stages"]?.elements ?? []
    }

    /// All problems, in the file's order as far as possible.
    var problems: [Diagnostic] {
        let groups = ["exclusive", "together"].flatMap { document[$0]?.elements ?? [] }.flatMap(unknownOptions)
        let patterns = (document["options"]?.members ?? []).compactMap { $0.value["matches"] }.compactMap { broken($0) ?? unsupported($0) }
        let none =
            stages.isEmpty
            ? [Diagnostic(at: document["stages"]?.location ?? document.location, "the recipe does nothing", hint: "give it a stage")] : []
        return groups + patterns + none + repeatedNames + stages.flatMap(problems)
    }

    private var repeatedNames: [Diagnostic] {
        var seen: Set<String> = []
        return stages.compactMap { $0["name"] }.compactMap { name in
            guard let text = name.text, !seen.insert(text).inserted else { return nil }
            return Diagnostic(at: name.location, "there are two stages `\(text)`", hint: "give each a different name")
        }
    }

    private func problems(of stage: Document) -> [Diagnostic] {
        var found: [Diagnostic] = ["hosts", "when", "unless"].compactMap { stage[$0] }.flatMap(unknownOptions)
        if let hosts = stage["hosts"], let name = hosts.text, options.contains(name), document["options"]?[name]?["type"]?.text != "hosts" {
            found.append(Diagnostic(at: hosts.location, "the option `\(name)` names no hosts", hint: "give it `type: hosts`"))
        }
        if stage["script"] == nil, stage["checks"]?.elements.isEmpty ?? true {
            found.append(Diagnostic(at: stage.location, "the stage does nothing", hint: "give it a script, checks or both"))
        }
        if stage["script"] == nil {
            found += ["succeeds_on", "fails_on", "secrets", "files"].compactMap { stage[$0] }.map {
                Diagnostic(at: $0.location, "the stage has no script, so there is no output to match", hint: "give the stage a script")
            }
        }
        let patterns = ["succeeds_on", "fails_on"].flatMap { stage[$0]?.oneOrMore ?? [] }.compactMap { broken($0) }
        let secrets = (stage["secrets"]?.members ?? []).compactMap { broken($0.value, groups: 1) }
        return found + patterns + secrets + unknownStages(stage["on"]) + unknownReferences(stage["checks"])
    }

    private func unknownOptions(_ names: Document) -> [Diagnostic] {
        names.oneOrMore.compactMap { name in
            guard let text = name.text, !options.contains(text) else { return nil }
            return Diagnostic(at: name.location, "there is no option `\(text)`", hint: Self.meant(text, among: options.sorted()))
        }
    }

    private func unknownStages(_ names: Document?) -> [Diagnostic] {
        let owners = stages.filter { $0["on"] == nil }.compactMap { $0["name"]?.text }
        return (names?.oneOrMore ?? []).compactMap { name in
            guard let text = name.text, !owners.contains(text) else { return nil }
            return Diagnostic(at: name.location, "there is no stage `\(text)` with its own hosts", hint: Self.meant(text, among: owners))
        }
    }

    private func unknownReferences(_ value: Document?) -> [Diagnostic] {
        (value?.scalars ?? []).flatMap { text, location in
            Template.references(in: text).filter { !isKnown($0.name) }.map {
                Diagnostic(
                    at: location, "`${\($0.name)}` is unknown in a recipe",
                    hint: "known are option.…, hosts.…, addresses.…, host.…, cell, os and platform")
            }
        }
    }

    private func isKnown(_ name: String) -> Bool {
        if ["cell", "os", "platform", "host.name", "host.address", "host.fqdn", "host.role"].contains(name) { return true }
        guard let dot = name.firstIndex(of: ".") else { return false }
        let rest = String(name[name.index(after: dot)...])
        switch name[..<dot] {
        case "option": return options.contains(rest)
        case "hosts", "addresses": return stages.contains { $0["name"]?.text == rest }
        default: return false
        }
    }

    /// Values of options are matched without backtracking: matrix files come from strangers, too.
    private func unsupported(_ pattern: Document) -> Diagnostic? {
        guard let text = pattern.text, let (message, _) = Pattern.problem(text) else { return nil }
        return Diagnostic(at: pattern.location, message, hint: "write it without")
    }

    /// What is wrong with a regular expression.
    private func broken(_ pattern: Document, groups: Int? = nil) -> Diagnostic? {
        guard let text = pattern.text else { return nil }
        // The engine calls itself for each bracket.
        guard text.utf8.count <= 1000, let regex = try? Regex(text) else {
            return Diagnostic(at: pattern.location, "`\(text)` is not a regular expression", hint: "check its brackets and backslashes")
        }
        if text.wholeMatch(of: /\s*/) != nil || "".contains(regex) {
            return Diagnostic(
                at: pattern.location, "`\(text)` matches an empty line", hint: "write something that only the right line matches")
        }
        guard let groups, Self.groups(of: text) != groups else { return nil }
        return Diagnostic(at: pattern.location, "`\(text)` must have exactly one group: the secret", hint: #"such as 'Password: (\S+)'"#)
    }

    /// How many groups an expression captures.
    private static func groups(of text: String) -> Int {
        guard let either = try? Regex("(?:\(text))|"), let match = "".wholeMatch(of: either) else { return 0 }
        return match.output.count - 1
    }

    private static func meant(_ word: String, among names: [String]) -> String {
        Suggestion.nearest(to: word, among: names).map { "did you mean `\($0)`?" }
            ?? "there are: \(names.isEmpty ? "none" : names.joined(separator: ", "))"
    }
}
