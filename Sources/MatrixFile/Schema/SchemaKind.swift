/// A kind of file that has a JSON Schema.
public enum SchemaKind: String, CaseIterable, Sendable {
    case matrix
    /// A file that `use:` of a matrix file names.
    case platforms
    /// A file for `matrix check`.
    case checks
    case recipe
    case scenario

    /// Its identity, the same in every version: no address, because an editor reads the file beside the project.
    public var id: String { "urn:solti-matrix:schema:\(rawValue)" }

    /// The name of the schema's file.
    public var fileName: String { "\(rawValue).schema.json" }

    /// What such a file is called.
    public var title: String {
        switch self {
        case .matrix: "matrix"
        case .platforms: "platforms of a matrix"
        case .checks: "checks of a host"
        case .recipe: "recipe"
        case .scenario: "scenario of a rehearsal"
        }
    }
}
