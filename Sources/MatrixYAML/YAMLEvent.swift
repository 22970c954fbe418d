/// One part of a YAML text: its parser reports the text as a sequence of them.
struct YAMLEvent {
    /// What a value may carry.
    struct Properties {
        /// `!vault`, or nil without a tag.
        var tag: String?
        var anchor: String?
    }

    /// The kinds of parts.
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(String, plain: Bool, Properties)
        case listStart(Properties)
        case mapStart(Properties)
        /// The end of a list or a map.
        case end
    }

    var kind: Kind
    /// From one.
    var line: Int
    /// In Unicode scalars, from one.
    var column: Int
}
