/// What a version must be: `1.30`, `>=1.30`, or several that must all hold: `>=1.30, <2`.
struct VersionConstraint: Sendable, Hashable {
    struct Bound: Sendable, Hashable {
        var comparison: Comparison
        var version: String
    }

    let bounds: [Bound]
    /// As it was written.
    let text: String

    /// Nil if the text is not a constraint.
    init?(_ text: String) {
        let bounds = text.split(separator: ",", omittingEmptySubsequences: false).map(Self.bound)
        guard bounds.allSatisfy({ $0 != nil }) else { return nil }
        self.bounds = bounds.compactMap(\.self)
        self.text = text
    }

    func holds(for version: String, in order: VersionOrder) -> Bool {
        bounds.allSatisfy { $0.comparison.holds(order.compare(version, $0.version)) }
    }

    private static func bound(_ text: Substring) -> Bound? {
        let text = text.trimmingPrefix { $0.isWhitespace }
        let symbol = text.prefix { "<>=!".contains($0) }
        let version = text.dropFirst(symbol.count).split(whereSeparator: \.isWhitespace)
        guard version.count == 1, let first = version.first, let comparison = Comparison(symbol: String(symbol)) else { return nil }
        guard first.utf8.allSatisfy({ Digits.isDigit($0) || Digits.isLetter($0) || ".+-~:^_".utf8.contains($0) }) else { return nil }
        return Bound(comparison: comparison, version: String(first))
    }
}
