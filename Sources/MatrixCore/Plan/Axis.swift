/// One dimension of a matrix.
public struct Axis: Sendable, Hashable, Codable {
    /// `os`, `platform` or a name of the user's.
    public var name: String
    public var values: [String]

    public init(name: String, values: [String]) {
        self.name = name
        self.values = values
    }
}

/// The value of one axis in one cell.
public struct AxisValue: Sendable, Hashable, Codable {
    public var axis: String
    public var value: String

    public init(axis: String, value: String) {
        self.axis = axis
        self.value = value
    }
}
