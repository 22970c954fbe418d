internal import MatrixCore

/// A parsed request that the description allows.
struct FakeLinodeCall {
    let operation: LinodeOperation
    /// The values of the path's parameters.
    let values: [String: String]
    let query: [String: String]
    let filter: LinodeFilter?
    let body: Value

    /// Checks a request against the description.
    ///
    /// - Throws: a refusal that says what is not allowed.
    init(_ request: FakeLinodeRequest, by description: LinodeDescription, token: (scopes: [String], isSent: Bool)) throws(FakeLinodeRefusal)
    {
        guard let path = request.path else { throw .violation(404, "Not found") }
        guard let (operation, values) = description.operation(request.method, path) else {
            throw .violation(description.knows(path) ? 405 : 404, description.knows(path) ? "Method Not Allowed" : "Not found")
        }
        self.operation = operation
        self.values = values
        try Self.check(operation, token)
        query = try Self.query(request, operation)
        for parameter in operation.parameters(in: "path") { try Self.check(values[parameter.name] ?? "", parameter) }
        filter = try request.headers["x-filter"].map { json throws(FakeLinodeRefusal) in
            try LinodeFilter(json, keys: operation.filterableKeys)
        }
        body = try Self.body(request, operation)
    }

    private static func check(_ operation: LinodeOperation, _ token: (scopes: [String], isSent: Bool)) throws(FakeLinodeRefusal) {
        guard token.isSent, let wanted = operation.scopes, !wanted.isEmpty, !token.scopes.contains("*") else { return }
        let granted =
            token.scopes + token.scopes.filter { $0.hasSuffix(":read_write") }.map { $0.replacing(":read_write", with: ":read_only") }
        guard Set(granted).isDisjoint(with: wanted) else { return }
        throw FakeLinodeRefusal(401, "Your OAuth token is not authorized to use this endpoint.")
    }

    private static func query(_ request: FakeLinodeRequest, _ operation: LinodeOperation) throws(FakeLinodeRefusal) -> [String: String] {
        var query: [String: String] = [:]
        for (name, value) in request.query {
            guard let parameter = operation.parameters(in: "query").first(where: { $0.name == name }) else {
                throw .violation(400, "\(name) is not described", field: name)
            }
            try check(value, parameter)
            query[name] = value
        }
        return query
    }

    private static func check(_ text: String, _ parameter: LinodeOperation.Parameter) throws(FakeLinodeRefusal) {
        let value = parameter.schema["type"] == "integer" ? Int(text).map(Value.int) ?? .string(text) : .string(text)
        guard let problem = SchemaCheck.problems(of: value, against: parameter.schema, as: .request).first else { return }
        throw .violation(parameter.place == "path" ? 404 : 400, problem.reason, field: parameter.name)
    }

    private static func body(_ request: FakeLinodeRequest, _ operation: LinodeOperation) throws(FakeLinodeRefusal) -> Value {
        guard let schema = operation.body else {
            // Clients may send an empty object instead of no body.
            if request.body.isEmpty || request.body == Array("{}".utf8) { return .null }
            throw .violation(400, "a body is not described")
        }
        if request.body.isEmpty {
            if operation.isBodyRequired { throw .violation(400, "a body is required") }
            return .null
        }
        guard request.headers["content-type"]?.hasPrefix("application/json") ?? false else {
            throw .violation(415, "Content-Type must be application/json")
        }
        guard let value = Value(json: String(decoding: request.body, as: UTF8.self)) else {
            throw .violation(400, "JSON could not be parsed")
        }
        let problems = SchemaCheck.problems(of: value, against: schema, as: .request)
        guard problems.isEmpty else {
            var refusal = FakeLinodeRefusal.violation(400, "")
            refusal.errors = problems.map { ($0.field, $0.reason) }
            throw refusal
        }
        return value
    }

    /// One page of a list, filtered.
    func page(of objects: [Value]) throws(FakeLinodeRefusal) -> Value {
        let wanted = filter?.applied(to: objects) ?? objects
        let size = query["page_size"].flatMap { Int($0) } ?? 100
        let pages = max((wanted.count + size - 1) / size, 1)
        let page = query["page"].flatMap { Int($0) } ?? 1
        guard page <= pages else { throw .notFound }
        return [
            "data": .list(Array(wanted.dropFirst((page - 1) * size).prefix(size))), "page": .int(page), "pages": .int(pages),
            "results": .int(wanted.count),
        ]
    }
}
