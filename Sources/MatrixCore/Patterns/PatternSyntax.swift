/// A regular expression taken apart.
indirect enum PatternSyntax: Sendable, Hashable {
    case empty
    case one(ScalarClass)
    case sequence([PatternSyntax])
    case choice([PatternSyntax])
    /// So many times; without an upper bound if `most` is nil.
    case repetition(PatternSyntax, least: Int, most: Int?)
    case place(Place)

    /// Something that must be true between two scalars.
    enum Place: Sendable, Hashable {
        case lineStart
        case lineEnd
        case textStart
        case textEnd
        /// `\Z`: at the end, or before a last newline.
        case textEndOrLastNewline
        case wordEdge
        case noWordEdge
    }
}

/// Why a text is not a supported regular expression.
public struct PatternProblem: Error, Hashable {
    /// The feature that is not supported, such as `a look-ahead`; nil if it is malformed.
    var unknown: String?
}
