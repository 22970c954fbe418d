/// Which versions of a program fit: `>=2.17`, or several bounds that must all hold: `>=2.17, <2.20`. `pip` takes the same text.
public struct VersionRange: Sendable, Hashable {
    private enum Comparison: String, CaseIterable, Sendable {
        // Those of two characters first: each is tried as a prefix.
        case atLeast = ">="
        case atMost = "<="
        case exactly = "=="
        case not = "!="
        case above = ">"
        case below = "<"

        func holds(_ order: Int) -> Bool {
            switch self {
            case .atLeast: order >= 0
            case .atMost: order <= 0
            case .exactly: order == 0
            case .not: order != 0
            case .above: order > 0
            case .below: order < 0
            }
        }
    }

    private struct Bound: Sendable, Hashable {
        var comparison: Comparison
        var version: String
    }

    /// The form of such a text, as a regular expression.
    public static let pattern = "\(bound)(,\(bound))*"
    private static let bound = #"\s*(>=|<=|==|!=|>|<)\s*[0-9]+(\.[0-9]+)*\s*"#

    private let bounds: [Bound]
    /// Without blanks.
    public let text: String

    /// Nil if the text names no bounds.
    public init?(_ text: String) {
        self.text = text.filter { !$0.isWhitespace }
        let parts = self.text.split(separator: ",", omittingEmptySubsequences: false)
        bounds = parts.compactMap { part in
            guard let comparison = Comparison.allCases.first(where: { part.hasPrefix($0.rawValue) }) else { return nil }
            let version = String(part.dropFirst(comparison.rawValue.count))
            return version.wholeMatch(of: /[0-9]+(\.[0-9]+)*/) == nil ? nil : Bound(comparison: comparison, version: version)
        }
        guard bounds.count == parts.count else { return nil }
    }

    /// Whether a version, such as `2.19.1` or `2.20.0rc1`, fits.
    public func contains(_ version: String) -> Bool {
        bounds.allSatisfy { $0.comparison.holds(Self.compare(version, $0.version)) }
    }

    /// Below zero if `left` is older, zero if they are the same, above zero if it is newer. `2.20.0rc1` is older than `2.20`.
    public static func compare(_ left: String, _ right: String) -> Int {
        let (first, second) = (Release(left), Release(right))
        if first.numbers.lexicographicallyPrecedes(second.numbers) { return -1 }
        if second.numbers.lexicographicallyPrecedes(first.numbers) { return 1 }
        return first.isFinal == second.isFinal ? 0 : first.isFinal ? 1 : -1
    }

    private struct Release {
        /// Without zeros at the end: `2.20` and `2.20.0` are the same.
        var numbers: [Int]
        var isFinal: Bool

        init(_ text: String) {
            let version = text.prefix { $0.isNumber || $0 == "." }
            numbers = version.split(separator: ".").map { Int($0) ?? 0 }
            while numbers.last == 0 { numbers.removeLast() }
            isFinal = text.dropFirst(version.count).prefixMatch(of: /[-_]?(a|b|c|rc|dev|pre)/.ignoresCase()) == nil
        }
    }
}
