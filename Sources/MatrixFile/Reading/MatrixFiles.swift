internal import Foundation
import MatrixCore
internal import MatrixYAML

/// A matrix file with all files that it uses, checked against its shapes but not yet expanded.
struct MatrixFiles {
    /// The matrix file itself, with `--set` on top.
    let root: Document
    /// The sections that used files may have, too, merged: `platforms`, `os`, `vars`, `paths`, `secrets`, `limits`.
    let shared: Document
    /// What the command line sets.
    let settings: Document
}

/// Reads a matrix file and the files that it uses.
struct MatrixFilesReader {
    let context: LoadContext

    /// - Returns: nil if the file itself cannot be read as YAML.
    func read(_ path: String, settings texts: [String]) -> MatrixFiles? {
        guard let raw = context.document(of: path, as: MatrixSections.object) else { return nil }
        let settings = SettingReader(context: context).document(of: texts, at: raw.location)
        let merged = raw.merging(settings)
        let root = context.checker.check(merged, against: MatrixSections.object, removing: MatrixSections.removing)
        let items = root["use"]?.oneOrMore ?? []
        if items.count > LoadLimits.usedFiles {
            context.problems.error(
                at: root["use"]?.location, "`use:` names \(items.count) files; at most \(LoadLimits.usedFiles) are read",
                hint: "join some of them")
        }
        let used = items.prefix(LoadLimits.usedFiles).compactMap(use)
        checkVariables(of: settings, in: [raw] + used)
        let names = MatrixSections.used.keys.map(\.name)
        let shared = (used + [root.only(names)]).reduce(root.emptied) { $0.merging($1) }
        return MatrixFiles(root: root, shared: shared, settings: settings.only(MatrixSections.ofCell))
    }

    /// Warns of a variable of `--set` that no file sets or names: it is probably misspelt, but a playbook may know it.
    private func checkVariables(of settings: Document, in files: [Document]) {
        let wanted = settings["vars"]?.members ?? []
        guard !wanted.isEmpty else { return }
        let overrides = files.flatMap { ($0["cells"]?.elements ?? []) + ($0["include"]?.elements ?? []) }
        let known = Set((files + overrides).flatMap { $0["vars"]?.members.map(\.key) ?? [] })
        for variable in wanted where !known.contains(variable.key) {
            var isNamed = false
            for file in files { file.forEachText { text, _ in isNamed = isNamed || text.contains("vars.\(variable.key)") } }
            guard !isNamed else { continue }
            let meant = Suggestion.nearest(to: variable.key, among: known).map { "did you mean `\($0)`?" }
            context.problems.warning(
                at: nil, "--set vars.\(variable.key): no file sets or uses this variable",
                hint: meant ?? "only a playbook can know it; write it under `vars:` if it belongs to the matrix")
        }
    }

    private func use(_ item: Document) -> Document? {
        let scope = StaticScope(context, variables: Variables(item.emptied))
        guard let name = item.text.map({ scope.final($0, at: item.location) }) else { return nil }
        // Relative to the naming file, and shown relative to the working folder.
        let folder = item.location.file.lastIndex(of: "/").map { item.location.file[...$0] } ?? ""
        let path =
            name.hasPrefix("/") || name.hasPrefix("~")
            ? FileReference.resolve(name, namedIn: item.location.file, home: context.home)
            : FileReference.normalized(folder + name)
        guard let document = context.document(of: path, named: item.location, as: MatrixSections.used) else { return nil }
        return context.checker.check(document, against: MatrixSections.used, removing: MatrixSections.removing)
    }
}

/// Turns `--set path=value` into a document that goes on top of the matrix file.
struct SettingReader {
    let context: LoadContext

    func document(of settings: [String], at location: SourceLocation) -> Document {
        settings.compactMap(document).reduce(Document(.map([]), at: location)) { $0.merging($1) }
    }

    private func document(_ setting: String) -> Document? {
        let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !path.contains("") else {
            context.problems.error(
                at: nil, "`--set \(setting)` sets nothing", hint: "write --set PATH=VALUE, such as --set vars.domain=lab.example")
            return nil
        }
        let place = SourceLocation(file: "--set \(parts[0])", line: 1, column: 1)
        context.sources.add(parts[1], as: place.file)
        let (document, problems) = YAMLReader(file: place.file).document(in: parts[1])
        problems.forEach(context.problems.add)
        guard problems.isEmpty else { return nil }
        let value = document ?? Document(.null, at: place)
        return path.reversed().reduce(value) { inner, key in
            Document(.map([Document.Member(key: key, keyLocation: place, value: inner)]), at: place)
        }
    }
}
