/// An order between an observed value and an expected one.
enum Comparison: Sendable, Hashable {
    case equal
    case unequal
    case greater
    case greaterOrEqual
    case less
    case lessOrEqual

    /// From `=`, `>=` and so on; nothing written means equal.
    init?(symbol: String) {
        switch symbol {
        case "", "=", "==": self = .equal
        case "!=": self = .unequal
        case ">", ">>": self = .greater
        case ">=": self = .greaterOrEqual
        case "<", "<<": self = .less
        case "<=": self = .lessOrEqual
        default: return nil
        }
    }

    /// From a matcher's operator.
    init?(key: String) {
        switch key {
        case "gt": self = .greater
        case "ge": self = .greaterOrEqual
        case "lt": self = .less
        case "le": self = .lessOrEqual
        default: return nil
        }
    }

    /// Whether it holds for the sign of the observed value minus the expected one.
    func holds(_ difference: Int) -> Bool {
        switch self {
        case .equal: difference == 0
        case .unequal: difference != 0
        case .greater: difference > 0
        case .greaterOrEqual: difference >= 0
        case .less: difference < 0
        case .lessOrEqual: difference <= 0
        }
    }

    /// Whether it holds between an observed number and an expected one.
    func holds(_ observed: ExactNumber, _ expected: ExactNumber) -> Bool {
        holds(observed < expected ? -1 : observed > expected ? 1 : 0)
    }

    var words: String {
        switch self {
        case .equal: "equal to"
        case .unequal: "other than"
        case .greater: "more than"
        case .greaterOrEqual: "at least"
        case .less: "less than"
        case .lessOrEqual: "at most"
        }
    }
}
