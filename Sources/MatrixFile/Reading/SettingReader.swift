import MatrixCore

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
        let before = context.problems.count
        let value = YAMLReader(file: place.file, problems: context.problems).document(of: parts[1]) ?? Document(.null, at: place)
        guard context.problems.count == before else { return nil }
        return path.reversed().reduce(value) { inner, key in
            Document(.map([Document.Member(key: key, keyLocation: place, value: inner)]), at: place)
        }
    }
}
