import MatrixCore

/// Something that `matrix clean` can remove.
struct Leftover: Sendable, Hashable {
    enum Kind: String, Sendable, CaseIterable {
        case report
        case image
        case cache
    }

    let kind: Kind
    /// A path, or an image's name.
    let name: String
    let bytes: Int
    /// Why it stays; nil if it can be removed.
    var obstacle: String?

    /// For a person.
    func line(isRemoved: Bool) -> String {
        let what = "\(kind.rawValue) \(name) (\(ByteSize.brief(bytes)))"
        return obstacle.map { "kept \(what): \($0)" } ?? "\(isRemoved ? "removed" : "would remove") \(what)"
    }

    /// For programs.
    func value(isRemoved: Bool) -> Value {
        .map([
            "kind": .string(kind.rawValue), "name": .string(name), "bytes": .int(bytes), "removed": .bool(isRemoved && obstacle == nil),
            "kept_because": obstacle.map { .string($0) } ?? .null,
        ])
    }
}
