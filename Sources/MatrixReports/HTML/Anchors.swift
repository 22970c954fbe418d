internal import MatrixCore

/// The `id` of each cell's section: `cell-<name>`. Anchors are made of names, never of numbers, so they are the same in every run.
struct Anchors {
    private let byCell: [String: String]

    init(_ cells: [CellResult]) {
        var anchors: [String: String] = [:]
        var used: Set<String> = []
        for cell in cells.prefix(HTMLLimits.cells) where anchors[cell.name] == nil {
            let base = "cell-" + Self.slug(ReportText.line(cell.name, limit: 120))
            anchors[cell.name] = used.insertUnique(base) { "\($0)-\($1)" }
        }
        byCell = anchors
    }

    /// Nil for a cell without a section.
    subscript(cell: CellResult) -> String? { byCell[cell.name] }

    /// A text as a part of an anchor: other characters than letters, digits, `-`, `_` and `.` become `-`.
    static func slug(_ text: String) -> String {
        // Nearly all names need no change. To ask each Character takes ten times as long.
        text.utf8.allSatisfy(isAllowed) ? text : String(text.map { $0.asciiValue.map(isAllowed) ?? false ? $0 : "-" })
    }

    /// A title as a part of an anchor: small letters, one dash between words.
    static func words(_ title: String) -> String {
        slug(ReportText.line(title, limit: 80)).lowercased().split(separator: "-").joined(separator: "-")
    }

    /// The anchors of causes, in their order: `cause-verify-port-5432-db`. Causes of one name differ in their messages' shapes.
    static func causes(_ groups: [ProblemGroup]) -> [String] {
        var used: Set<String> = []
        return groups.map { group in
            let example = group.example
            let words = Self.words("\(example.phase.rawValue) \(group.title)")
            guard !used.insert("cause-\(words)").inserted else { return "cause-\(words)" }
            let shape = ErrorShape(group.affected[0].cell).message(group.message)
            let hash = shape.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
            return used.insertUnique("cause-\(words)-\(String(hash, radix: 36))") { "\($0)-\($1)" }
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }
}
