/// Names one execution of a matrix: lower-case letters, digits and dashes, sortable by time (`261123-050122-k3f9`).
///
/// Short enough to end a resource's name (18 characters) and valid in every platform's tags and labels.
public struct RunID: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The text of the id.
    public let value: String

    /// Takes an existing id, from the ledger or the command line.
    public init(_ value: String) {
        self.value = value
    }

    /// Reads an id that something outside shows: a tag, a label, the name of a folder. Nil if it cannot be one: it stands in commands that
    /// people paste.
    public init?(shown text: some StringProtocol) {
        guard let match = String(text).wholeMatch(of: /[0-9a-z][0-9a-z-]{0,39}/) else { return nil }
        value = String(match.output)
    }

    public init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }

    public var description: String { value }

    /// When the run began, as its id says; nil for one that was not created by ``make(at:using:)``.
    public var began: Timestamp? {
        let parts = value.split(separator: "-")
        guard parts.count == 3, parts[0].count == 6, parts[1].count == 6 else { return nil }
        return Timestamp(tag: "20\(parts[0])T\(parts[1])Z")
    }

    /// Creates a new id for this moment.
    public static func make() -> RunID {
        var generator = SystemRandomNumberGenerator()
        return make(at: .wall, using: &generator)
    }

    /// Creates a new id from a time, in UTC to the second, and four random characters.
    static func make(at date: Timestamp, using generator: inout some RandomNumberGenerator) -> RunID {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        let suffix = (0..<4).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        return RunID("\(date.runStamp)-\(String(suffix))")
    }
}
