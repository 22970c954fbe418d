internal import MatrixCore

/// An option that a step may give to a recipe.
struct RecipeOption: Sendable {
    /// The type of an option's value.
    enum Kind: String, CaseIterable {
        case text
        /// A file of the runner, which is copied to the host.
        case file
        /// Words; the script gets one on each line.
        case list
        case flag
        /// A role, group or host of the cell.
        case hosts
    }

    let name: String
    let kind: Kind
    let about: String
    let defaults: [String]
    let isRequired: Bool
    let pattern: (text: String, meaning: String)?

    init(_ name: String, _ document: Document) {
        self.name = name
        kind = document["type"]?.text.flatMap(Kind.init) ?? .text
        about = document["about"]?.text ?? ""
        defaults = document["default"]?.texts ?? []
        isRequired = document["required"]?.bool ?? false
        pattern = document["matches"]?.text.map { ($0, document["such_as"]?.text ?? "a text that matches \($0)") }
    }

    /// Its form in the matrix file.
    var key: KeyShape {
        let text = pattern.map { Shape.pattern($0.text, meaning: $0.meaning) } ?? .text
        let shape: Shape =
            switch kind {
            case .list: .oneOrMore(text)
            case .flag: .boolean
            case .text, .file, .hosts: text
            }
        return KeyShape(name, shape, about, required: isRequired)
    }

    /// The step's values, or the default; an empty text is dropped.
    func texts(in subject: Document) -> [String] {
        guard let given = subject[name] else { return defaults }
        return given.texts.filter { !$0.isEmpty }
    }

    /// Whether a step sets it.
    func isGiven(in subject: Document) -> Bool {
        subject[name].map { $0.texts.contains { !$0.isEmpty } } ?? false
    }

    /// The script's variable for it.
    var variable: String { Self.variable("option", name) }

    static func variable(_ space: String, _ name: String) -> String {
        "\(space)_\(String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }))"
    }
}
