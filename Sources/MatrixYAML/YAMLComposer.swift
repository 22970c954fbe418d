import MatrixCore

/// Makes documents of events: resolves aliases and merge keys, finds repeated keys, keeps every position, and stops at the limits.
struct YAMLComposer: ~Copyable {
    /// More problems of one text help nobody.
    private static let mostProblems = 200

    /// A value with its size, all aliases in it expanded.
    private struct Part {
        var document: Document
        /// The text of a scalar, also of one that means null.
        var text: String?
        var isPlain = false
        var values = 1
        var depth = 0
    }

    private let file: String
    private let limits: YAMLLimits
    private let acceptsTags: Bool
    private var events: YAMLEvents
    /// The latest value of each anchor. An alias shares it: only its readers pay for its size.
    private var anchors: [String: Part] = [:]
    /// What is wrong in a text that is valid YAML.
    private(set) var problems: [Diagnostic] = []

    /// - Parameter acceptsTags: whether tags of the text's own are read over; otherwise each is a problem.
    init(file: String, limits: YAMLLimits, acceptsTags: Bool, events: consuming YAMLEvents) {
        self.file = file
        self.limits = limits
        self.acceptsTags = acceptsTags
        self.events = events
    }

    /// All documents.
    ///
    /// - Parameter single: whether a second document is an error.
    mutating func documents(single: Bool) throws(YAMLFault) -> [Document] {
        var documents: [Document] = []
        var values = 0
        while true {
            let event = try events.next()
            switch event.kind {
            case .documentStart:
                guard documents.isEmpty || !single else {
                    let problem = "but found another document"
                    throw YAMLFault(
                        message: "expected a single document in the stream, \(problem)", problem: problem, line: event.line,
                        column: event.column)
                }
                let part = try self.part(of: try events.next(), level: 0)
                values += part.values
                try check(values, at: event)
                documents.append(part.document)
                anchors = [:]
            case .streamEnd: return documents
            default: continue
            }
        }
    }

    private mutating func part(of event: YAMLEvent, level: Int) throws(YAMLFault) -> Part {
        switch event.kind {
        case .alias(let name):
            guard let part = anchors[name] else {
                let problem = "found undefined alias"
                throw YAMLFault(message: problem, problem: problem, line: event.line, column: event.column)
            }
            try check(depth: level + part.depth, at: event)
            return part
        case .scalar(let text, let plain, let properties):
            let document = Document(Self.content(of: text, plain: plain), at: location(event))
            return finished(Part(document: document, text: text, isPlain: plain), properties, event)
        case .listStart(let properties): return finished(try list(from: event, level: level), properties, event)
        case .mapStart(let properties): return finished(try map(from: event, level: level), properties, event)
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .end:
            // The parser begins each value with one of the events above.
            return Part(document: Document(.null, at: location(event)))
        }
    }

    private mutating func finished(_ part: Part, _ properties: YAMLEvent.Properties, _ event: YAMLEvent) -> Part {
        if !acceptsTags, let tag = properties.tag, tag.hasPrefix("!") {
            report(
                at: location(event), "YAML tags such as `\(tag)` are not supported",
                hint: tag == "!vault" ? "name the vault as a source under `secrets:`" : "remove it")
        }
        if let anchor = properties.anchor { anchors[anchor] = part }
        return part
    }

    private mutating func list(from start: YAMLEvent, level: Int) throws(YAMLFault) -> Part {
        try check(depth: level + 1, at: start)
        var elements: [Document] = []
        var whole = Part(document: Document(.null, at: location(start)), depth: 1)
        while true {
            let event = try events.next()
            if case .end = event.kind { break }
            let element = try part(of: event, level: level + 1)
            try add(element, to: &whole, at: event)
            elements.append(element.document)
        }
        whole.document.content = .list(elements)
        return whole
    }

    private mutating func map(from start: YAMLEvent, level: Int) throws(YAMLFault) -> Part {
        try check(depth: level + 1, at: start)
        var members: [Document.Member] = []
        var lines: [String: Int] = [:]
        var merged: [Document.Member] = []
        var whole = Part(document: Document(.null, at: location(start)), depth: 1)
        while true {
            let event = try events.next()
            if case .end = event.kind { break }
            let key = try part(of: event, level: level + 1)
            try add(key, to: &whole, at: event)
            let value = try part(of: try events.next(), level: level + 1)
            try add(value, to: &whole, at: event)
            let place = key.document.location
            if key.isPlain, key.text == "<<" {
                merged += mergedMembers(of: value.document)
            } else if let name = key.text {
                if let line = lines[name] {
                    report(at: place, "`\(name)` is written twice; the first is on line \(line)", hint: "keep one of them")
                    continue
                }
                lines[name] = place.line
                members.append(Document.Member(key: name, keyLocation: place, value: value.document))
            } else {
                report(at: place, "a key must be text, not a list or a map", hint: "quote it")
            }
        }
        for member in merged where lines.updateValue(0, forKey: member.key) == nil { members.append(member) }
        whole.document.content = .map(members)
        return whole
    }

    private mutating func mergedMembers(of value: Document) -> [Document.Member] {
        let sources = value.oneOrMore
        if sources.contains(where: { if case .map = $0.content { false } else { true } }) {
            report(at: value.location, "`<<` takes a map or a list of maps", hint: "write `<<: *name` of an anchored map")
        }
        return sources.flatMap(\.members)
    }

    private static func content(of text: String, plain: Bool) -> Document.Content {
        if plain, ["", "~", "null", "Null", "NULL"].contains(text) { return .null }
        return .scalar(text, plain: plain)
    }

    private func location(_ event: YAMLEvent) -> SourceLocation {
        SourceLocation(file: file, line: event.line, column: event.column)
    }

    private mutating func report(at location: SourceLocation, _ message: String, hint: String) {
        guard problems.count < Self.mostProblems else { return }
        problems.append(Diagnostic(at: location, message, hint: hint))
    }

    // MARK: Limits

    private func add(_ part: Part, to whole: inout Part, at event: YAMLEvent) throws(YAMLFault) {
        whole.values += part.values
        whole.depth = max(whole.depth, part.depth + 1)
        try check(whole.values, at: event)
    }

    private func check(_ values: Int, at event: YAMLEvent) throws(YAMLFault) {
        guard values > limits.values else { return }
        throw .limit(
            "the text has more than \(limits.values) values, with its aliases expanded", hint: "use fewer aliases, or split it", at: event)
    }

    private func check(depth: Int, at event: YAMLEvent) throws(YAMLFault) {
        guard depth > limits.depth else { return }
        throw .limit(
            "more than \(limits.depth) lists and maps are inside each other, with all aliases expanded", hint: "nest them less deeply",
            at: event)
    }
}
