internal import MatrixCore

/// An `X-Filter` header: selects and orders the objects of a list.
struct LinodeFilter {
    /// The operators of conditions.
    static let operators: Set = ["+and", "+or", "+order_by", "+order", "+gt", "+gte", "+lt", "+lte", "+contains", "+neq"]
    private static let comparisons: Set = ["+gt", "+gte", "+lt", "+lte", "+contains", "+neq"]

    private let criteria: Value

    /// - Parameter keys: the keys that the list can be filtered by.
    init(_ json: String, keys: Set<String>) throws(FakeLinodeRefusal) {
        guard let value = Value(json: json), case .map = value else {
            throw .violation(400, "X-Filter is not a JSON object", field: "X-Filter")
        }
        criteria = value
        try Self.check(value, keys)
    }

    private static func check(_ criteria: Value, _ keys: Set<String>) throws(FakeLinodeRefusal) {
        guard case .map(let members) = criteria else { throw .violation(400, "Invalid filter", field: "X-Filter") }
        for (key, condition) in members {
            switch key {
            case "+and", "+or":
                for part in condition.elements { try check(part, keys) }
            case "+order":
                if condition != "asc", condition != "desc" { throw .violation(400, "+order must be asc or desc", field: "X-Filter") }
            case "+order_by": try known(condition.text, keys)
            default:
                try known(key, keys)
                if case .map(let operators) = condition, let unknown = Set(operators.keys).subtracting(comparisons).first {
                    throw .violation(400, "Unknown operator \(unknown)", field: "X-Filter")
                }
            }
        }
    }

    private static func known(_ key: String, _ keys: Set<String>) throws(FakeLinodeRefusal) {
        guard !keys.contains(key) else { return }
        throw .violation(400, "Cannot filter on \(key)", field: "X-Filter")
    }

    /// The matching objects, in the requested order.
    func applied(to objects: [Value]) -> [Value] {
        let fitting = objects.filter { Self.fits($0, criteria) }
        guard let key = criteria["+order_by"]?.string else { return fitting }
        let isDescending = criteria["+order"] == "desc"
        return fitting.sorted { one, other in
            let order = Self.isLess(one.element(at: key) ?? .null, other.element(at: key) ?? .null)
            return isDescending ? Self.isLess(other.element(at: key) ?? .null, one.element(at: key) ?? .null) : order
        }
    }

    private static func fits(_ object: Value, _ criteria: Value) -> Bool {
        guard case .map(let members) = criteria else { return false }
        return members.allSatisfy { key, condition in
            switch key {
            case "+and": condition.elements.allSatisfy { fits(object, $0) }
            case "+or": condition.elements.contains { fits(object, $0) }
            case "+order", "+order_by": true
            default: meets(object.element(at: key) ?? .null, condition)
            }
        }
    }

    private static func meets(_ value: Value, _ condition: Value) -> Bool {
        if case .list(let elements) = value { return elements.contains { meets($0, condition) } }
        guard case .map(let comparisons) = condition else { return value == condition }
        return comparisons.allSatisfy { name, other in
            switch name {
            case "+gt": isLess(other, value)
            case "+gte": !isLess(value, other)
            case "+lt": isLess(value, other)
            case "+lte": !isLess(other, value)
            case "+contains": value.text.lowercased().contains(other.text.lowercased())
            case "+neq": value != other
            default: false
            }
        }
    }

    private static func isLess(_ one: Value, _ other: Value) -> Bool {
        if let one = one.number, let other = other.number { return one < other }
        return one.text < other.text
    }
}
