import MatrixCore

/// The axes of a matrix with every value that any cell has, including those of included cells.
struct Axes {
    /// In order; `os` and `platform` are among them in a file without errors.
    private(set) var names: [String] = []
    /// What the file lists, by axis.
    private(set) var listed: [[String]] = []
    /// Where each axis and each listed value stands.
    private(set) var keyLocations: [SourceLocation] = []
    private(set) var valueLocations: [[SourceLocation]] = []
    /// All values by axis: the listed ones first.
    private(set) var values: [[String]] = []
    private var indexes: [[String: Int]] = []

    /// Reads a checked and rendered `axes:` section.
    init(_ document: Document?, problems: Problems) {
        for member in document?.members ?? [] {
            if AxesSection.reserved.contains(member.key) {
                problems.error(
                    at: member.keyLocation, "an axis cannot be called `\(member.key)`: that is a key of cells", hint: "give it another name"
                )
            }
            add(member, problems)
        }
        guard let document, !problems.hasError(at: document.location) else { return }
        for name in ["os", "platform"] where !names.contains(name) {
            problems.error(
                at: document.location, "the axes need `\(name)`", hint: "such as `\(name): [\(name == "os" ? "debian12" : "podman")]`")
        }
    }

    private mutating func add(_ member: Document.Member, _ problems: Problems) {
        var values: [String] = []
        var seen: Set<String> = []
        var locations: [SourceLocation] = []
        for element in member.value.oneOrMore {
            guard let value = element.text, Self.isKnown(value, at: element.location, problems) else { continue }
            if !seen.insert(value).inserted {
                problems.error(at: element.location, "`\(value)` is listed twice on the axis `\(member.key)`", hint: "remove one of them")
            } else {
                Self.check(value, at: element.location, problems)
                values.append(value)
                locations.append(element.location)
            }
        }
        if values.isEmpty, member.value.oneOrMore.isEmpty {
            problems.error(at: member.value.location, "the axis `\(member.key)` has no values", hint: "give it one or more, or remove it")
        }
        if values.isEmpty, member.value.oneOrMore.contains(where: Placeholders.isIn) {
            problems.error(
                at: member.value.location, "the axis `\(member.key)` has only values of the environment, which are not read here",
                hint: "give one of them a default: ${env.NAME:-…}")
        }
        names.append(member.key)
        keyLocations.append(member.keyLocation)
        listed.append(values)
        valueLocations.append(locations)
        self.values.append(values)
        indexes.append(Dictionary(values.enumerated().map { ($0.element, $0.offset) }) { first, _ in first })
    }

    /// Whether a value is known. One that is not has no cells, which is said.
    static func isKnown(_ value: String, at location: SourceLocation, _ problems: Problems) -> Bool {
        guard Placeholders.isIn(value) else { return true }
        problems.warning(
            at: location, "the value \(value) is known only with the environment: its cells are left out here",
            hint: "set its variable, or give it a default: ${env.NAME:-…}")
        return false
    }

    /// A cell's name is made of its values and becomes a host name: each value must be valid in one.
    static func check(_ value: String, at location: SourceLocation, _ problems: Problems) {
        guard !value.isLabelPart else { return }
        problems.error(
            at: location, "`\(value)` cannot be part of a cell's name, which becomes a host name",
            hint: "use lowercase letters, digits and dashes; set the real value under `vars:` in `cells:`")
    }

    func index(of axis: String) -> Int? { names.firstIndex(of: axis) }

    /// The index of a value on an axis; a value that no cell had yet is added.
    mutating func index(of value: String, on axis: Int) -> Int {
        if let index = indexes[axis][value] { return index }
        indexes[axis][value] = values[axis].count
        values[axis].append(value)
        return values[axis].count - 1
    }

    func known(_ value: String, on axis: Int) -> Int? { indexes[axis][value] }
}

extension String {
    /// Whether this can be part of a DNS label: lowercase letters, digits, and dashes inside.
    var isLabelPart: Bool {
        let letters = utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
        return !isEmpty && letters && first != "-" && last != "-"
    }
}
