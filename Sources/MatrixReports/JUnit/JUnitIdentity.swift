internal import MatrixCore

/// Gives each case of one suite its identity: class name and name, unique and the same in every run.
struct JUnitIdentity {
    /// `matrix.rocky9.proxmox`, without the step; unique among the suites of a document; see ``prefix(of:)``.
    let prefix: String
    var used: Set<String> = []

    /// `matrix.<every axis value>` of a cell.
    static func prefix(of cell: CellResult) -> String {
        let parts = cell.point.isEmpty ? [part(cell.name, named: "cell")] : cell.point.map { part($0.value, named: $0.axis) }
        return (["matrix"] + parts).joined(separator: ".")
    }

    /// The identity of the next case; the second case of one name is `name (2)`.
    mutating func next(_ test: CaseResult) -> (className: String, name: String) {
        let className = Self.fitted("\(prefix).\(Self.part(test.step, named: "step"))", separator: "_")
        let line = ReportText.name(test.name, limit: 4096)
        let base = line.isEmpty ? "unnamed" : line
        var name = Self.fitted(base, separator: "~")
        var count = 1
        while !used.insert("\(className) \(name)").inserted {
            count += 1
            name = "\(ReportText.clip(base, limit: JUnitLimits.label - 8)) (\(count))"
        }
        return (className, name)
    }

    /// A part of a class name: letters, digits and `_`. One that starts with a digit gets the axis's name (or `step`) before it,
    /// because consumers read dots as a hierarchy of names.
    static func part(_ text: String, named name: String) -> String {
        let clean = word(text)
        guard let first = clean.utf8.first else { return word(name) }
        return (0x30...0x39).contains(first) ? "\(word(name))_\(clean)" : clean
    }

    private static func word(_ text: String) -> String {
        String(
            text.unicodeScalars.map { $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) ? Character($0) : "_" }
        )
    }

    /// A name that is too long ends in a hash of the whole name, so that it stays unique.
    private static func fitted(_ text: String, separator: String) -> String {
        guard text.unicodeScalars.count > JUnitLimits.label else { return text }
        let hash = text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let start = String(text.unicodeScalars.prefix(JUnitLimits.label - 12)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "\(start)\(separator)\(String(hash, radix: 36))"
    }
}
