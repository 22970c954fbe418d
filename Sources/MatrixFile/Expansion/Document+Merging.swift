import MatrixCore

extension Document {
    /// This document with another on top: maps merge deeply, everything else is replaced, and `null` removes a key.
    func merging(_ other: Document) -> Document {
        guard case .map(let mine) = content, case .map(let theirs) = other.content else { return other }
        var members = mine
        var indexes = Dictionary(mine.enumerated().map { ($0.element.key, $0.offset) }) { _, last in last }
        for member in theirs {
            if let index = indexes[member.key] {
                let merged = members[index].value.merging(member.value)
                members[index] = Member(key: member.key, keyLocation: member.keyLocation, value: merged)
            } else {
                indexes[member.key] = members.count
                members.append(Member(key: member.key, keyLocation: member.keyLocation, value: member.value))
            }
        }
        return Document(.map(members), at: location)
    }

    /// This document without the keys that hold `null`, at any depth of maps: the result of all merging.
    var withoutRemoved: Document { withoutRemoved(below: .max) }

    /// This document without the keys that hold `null` in its first `depth` levels of maps.
    func withoutRemoved(below depth: Int) -> Document {
        guard depth > 0, case .map(let members) = content else { return self }
        let kept = members.filter { $0.value.content != .null }
        return Document(
            .map(kept.map { Member(key: $0.key, keyLocation: $0.keyLocation, value: $0.value.withoutRemoved(below: depth - 1)) }),
            at: location)
    }

    /// A map of only the given keys.
    func only(_ keys: some Collection<String>) -> Document {
        Document(.map(members.filter { keys.contains($0.key) }), at: location)
    }

    /// A map without the given keys.
    func without(_ keys: some Collection<String>) -> Document {
        Document(.map(members.filter { !keys.contains($0.key) }), at: location)
    }

    /// An empty map at the same place.
    var emptied: Document { Document(.map([]), at: location) }

    /// Whether any scalar holds a reference or an escape.
    var holdsReferences: Bool {
        switch content {
        case .null: false
        case .scalar(let text, _): text.contains("${")
        case .list(let elements): elements.contains(where: \.holdsReferences)
        case .map(let members): members.contains { $0.value.holdsReferences }
        }
    }

    /// Calls `body` with every scalar's text and place.
    func forEachText(_ body: (String, SourceLocation) -> Void) {
        switch content {
        case .null: break
        case .scalar(let text, _): body(text, location)
        case .list(let elements): for element in elements { element.forEachText(body) }
        case .map(let members): for member in members { member.value.forEachText(body) }
        }
    }
}
