internal import MatrixCore

/// Why a request is refused.
struct FakeLinodeRefusal: Error {
    var status: Int
    var errors: [(field: String?, reason: String)]
    /// Whether the description does not allow the request.
    var isViolation = false
    var headers: [String: String] = [:]

    init(_ status: Int, _ reason: String, field: String? = nil) {
        self.status = status
        errors = [(field, reason)]
    }

    /// A refusal of a request that the description does not allow.
    static func violation(_ status: Int, _ reason: String, field: String? = nil) -> Self {
        var refusal = Self(status, reason, field: field)
        refusal.isViolation = true
        return refusal
    }

    static let notFound = Self(404, "Not found")

    var answer: FakeLinodeAnswer {
        let errors = errors.map { error in
            Value.map(["reason": .string(error.reason)].merging(error.field.map { ["field": .string($0)] } ?? [:]) { first, _ in first })
        }
        return FakeLinodeAnswer(status, ["errors": .list(errors)], headers: headers)
    }
}
