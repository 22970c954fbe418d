public import MatrixCore

/// One operation of the official description: what its request may contain, and what its reply contains.
public struct LinodeOperation: Sendable {
    /// A value outside the body.
    struct Parameter: Sendable {
        let name: String
        /// `path`, `query` or `header`.
        let place: String
        let isRequired: Bool
        let schema: Value

        /// The parameters of every list: the description omits them for some lists whose replies have pages.
        static let paging = [
            Parameter(["name": "page", "in": "query", "schema": ["type": "integer", "minimum": 1]]),
            Parameter(["name": "page_size", "in": "query", "schema": ["type": "integer", "minimum": 25, "maximum": 500]]),
        ]

        init(_ value: Value) {
            name = value["name"]?.string ?? ""
            place = value["in"]?.string ?? ""
            isRequired = value["required"] == true
            schema = value["schema"] ?? .null
        }
    }

    /// `GET /linode/instances/{linodeId}`.
    public let name: String
    /// The scopes: a token needs one of them. Empty if any token is enough, nil if none is needed.
    let scopes: [String]?
    let parameters: [Parameter]
    /// The schema of the body; nil if there is none.
    let body: Value?
    let isBodyRequired: Bool
    /// Whether its reply has pages.
    let isPaged: Bool
    /// The schema of the reply.
    public let answer: Value

    init(_ name: String, _ value: Value) {
        self.name = name
        scopes = value["scopes"].map { $0.elements.compactMap(\.string) }
        let described = (value["parameters"] ?? []).elements.map(Parameter.init)
        let answer = value["answer"] ?? .null
        isPaged = SchemaCheck.merged(answer)["properties"]?["pages"] != nil
        parameters = described + (isPaged ? Parameter.paging.filter { paging in !described.contains { $0.name == paging.name } } : [])
        body = value["body"]?["schema"]
        isBodyRequired = value["body"]?["required"] == true
        self.answer = answer
    }

    var method: String { String(name.prefix { $0 != " " }) }
    /// The path's segments, parameters in braces.
    var segments: [Substring] { name.drop { $0 != "/" }.split(separator: "/") }

    func parameters(in place: String) -> [Parameter] { parameters.filter { $0.place == place } }

    /// The keys that its list can be filtered by: `label`, `entity.id`.
    var filterableKeys: Set<String> {
        let list = SchemaCheck.merged(answer)["properties"]?["data"]?["items"] ?? .null
        return Self.filterable(list, prefix: "")
    }

    private static func filterable(_ schema: Value, prefix: String) -> Set<String> {
        guard case .map(let properties)? = SchemaCheck.merged(schema)["properties"] else { return [] }
        return properties.reduce(into: []) { keys, property in
            if property.value["x-linode-filterable"] == true { keys.insert(prefix + property.key) }
            keys.formUnion(filterable(property.value, prefix: "\(prefix)\(property.key)."))
        }
    }
}
