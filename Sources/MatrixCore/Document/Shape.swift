/// What a value in the matrix file must look like.
///
/// One declaration serves three readers: validation with positions, "did you mean", and `matrix schema`.
/// Check kinds, deployers and platform drivers each declare theirs beside the code that uses it.
public indirect enum Shape: Sendable {
    /// Any YAML value.
    case any
    case boolean
    /// A whole number within bounds.
    case integer(ClosedRange<Int> = Int.min...Int.max)
    case number
    /// Text; a plain number or boolean is read as text. May hold `${…}`.
    case text
    /// Text that must match a regular expression as a whole; `meaning` says in words what is expected.
    case pattern(String, meaning: String)
    /// One of these words.
    case choice([String])
    /// `90s`, `10m`, `1h30m`.
    case duration
    /// `8GiB`, `512M`.
    case size
    /// A matcher: a bare value, or a map of operators (see `Matcher`).
    case matcher
    case list(Shape)
    /// A list, or one element written without brackets.
    case oneOrMore(Shape)
    /// Free keys, each with a value of this shape.
    case map(Shape)
    /// Known keys.
    case object(ObjectShape)
    /// The first that fits; the shapes must differ in form (scalar, list, map).
    case either([Shape])
}

/// A map with known keys.
public struct ObjectShape: Sendable {
    /// What this map is, for messages and the schema: `a host`.
    public var name: String
    public var keys: [KeyShape]
    /// Whether exactly one of the keys must be there.
    public var exactlyOne: Bool

    public init(_ name: String, _ keys: [KeyShape], exactlyOne: Bool = false) {
        self.name = name
        self.keys = keys
        self.exactlyOne = exactlyOne
    }
}

/// One key of an ``ObjectShape``.
public struct KeyShape: Sendable {
    public var name: String
    public var shape: Shape
    /// What the key is for, one sentence without a full stop: the schema's description and the reference's text.
    public var summary: String
    public var required: Bool
    /// Whether `key: null` and `key:` without a value are meant: they remove what was inherited.
    public var nullable: Bool

    public init(_ name: String, _ shape: Shape, _ summary: String, required: Bool = false, nullable: Bool = false) {
        self.name = name
        self.shape = shape
        self.summary = summary
        self.required = required
        self.nullable = nullable
    }
}
