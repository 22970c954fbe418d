/// A value with its tag, and every key as often as it is written: for readers that decide themselves what both mean.
public indirect enum YAMLNode: Sendable {
    case scalar(String, plain: Bool, tag: String?)
    case list([YAMLNode])
    case map([(key: YAMLNode, value: YAMLNode)])

    /// All documents of a text; nil if it is not YAML.
    ///
    /// - Parameter text: one that ``YAMLReader`` accepts: aliases have no limit here.
    public static func documents(in text: String) -> [YAMLNode]? {
        var source = text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text
        guard !source.isEmpty else { return [] }
        return source.withUTF8 { bytes in
            var composer = YAMLNodeComposer(events: YAMLEvents(of: bytes))
            return try? composer.documents()
        }
    }
}

private struct YAMLNodeComposer: ~Copyable {
    private var events: YAMLEvents
    private var anchors: [String: YAMLNode] = [:]

    init(events: consuming YAMLEvents) { self.events = events }

    mutating func documents() throws(YAMLFault) -> [YAMLNode] {
        var documents: [YAMLNode] = []
        while true {
            switch try events.next().kind {
            case .documentStart:
                documents.append(try node(of: try events.next()))
                anchors = [:]
            case .streamEnd: return documents
            default: continue
            }
        }
    }

    private mutating func node(of event: YAMLEvent) throws(YAMLFault) -> YAMLNode {
        switch event.kind {
        case .alias(let name):
            guard let node = anchors[name] else {
                let problem = "found undefined alias"
                throw YAMLFault(message: problem, problem: problem, line: event.line, column: event.column)
            }
            return node
        case .scalar(let text, let plain, let properties):
            return named(.scalar(text, plain: plain, tag: properties.tag), properties)
        case .listStart(let properties):
            var elements: [YAMLNode] = []
            while let element = try next() { elements.append(element) }
            return named(.list(elements), properties)
        case .mapStart(let properties):
            var members: [(key: YAMLNode, value: YAMLNode)] = []
            while let key = try next() { members.append((key, try node(of: try events.next()))) }
            return named(.map(members), properties)
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .end:
            // The parser begins each value with one of the events above.
            return .scalar("", plain: true, tag: nil)
        }
    }

    /// The next value of a list or a map; nil at its end.
    private mutating func next() throws(YAMLFault) -> YAMLNode? {
        let event = try events.next()
        if case .end = event.kind { return nil }
        return try node(of: event)
    }

    private mutating func named(_ node: YAMLNode, _ properties: YAMLEvent.Properties) -> YAMLNode {
        if let anchor = properties.anchor { anchors[anchor] = node }
        return node
    }
}
