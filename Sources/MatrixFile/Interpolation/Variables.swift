import MatrixCore

/// The variables of a file or a cell, each found by its dotted path.
struct Variables {
    private let values: [String: Document]

    init(_ document: Document) { values = document.descendants }

    /// The value that a dotted path names; a key that contains the dots comes first. Nil for an explicit null.
    subscript(path: String) -> Document? { values[path] }
}

extension Document {
    /// All values below this one except null, by their dotted paths; a key that contains the dots comes first.
    fileprivate var descendants: [String: Document] {
        var found: [String: Document] = [:]
        forEachDescendant { path, value in
            if value.content != .null, found[path] == nil { found[path] = value }
        }
        return found
    }

    /// The dotted paths of all values below this one.
    var paths: [String] {
        var paths: [String] = []
        forEachDescendant { path, _ in paths.append(path) }
        return paths
    }

    /// Calls `body` with every value below this one and its dotted path: those of a level before those below them.
    func forEachDescendant(below prefix: String = "", _ body: (String, Document) -> Void) {
        let children = members.map { (prefix + $0.key, $0.value) } + elements.enumerated().map { ("\(prefix)\($0.offset)", $0.element) }
        for (path, value) in children { body(path, value) }
        for (path, value) in children { value.forEachDescendant(below: "\(path).", body) }
    }

    /// How many values it holds, itself included.
    var valueCount: Int { 1 + members.reduce(0) { $0 + $1.value.valueCount } + elements.reduce(0) { $0 + $1.valueCount } }
}
