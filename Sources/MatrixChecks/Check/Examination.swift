import MatrixCore

/// Finds the problems of a check's list item that shapes cannot express, before anything is created.
enum Examination {
    /// Keys that describe a thing, although another key says that it must not exist.
    static func pointless(_ keys: [String], in item: Document, since key: String, is flag: Bool) -> [Diagnostic] {
        guard item[key]?.bool == flag else { return [] }
        return item.members.filter { keys.contains($0.key) }.map { member in
            Diagnostic(
                at: member.keyLocation, "\(member.key) cannot be used with \(key): \(flag)",
                hint: "remove \(member.key), or \(key): \(flag)")
        }
    }

    /// A subject without content.
    static func name(_ kind: String, in item: Document) -> [Diagnostic] {
        guard let value = item.members.last(where: { $0.key == kind })?.value else { return [] }
        guard let text = value.text, !text.isEmpty else {
            return [Diagnostic(at: value.location, "\(kind) is empty", hint: "write a name after \(kind):")]
        }
        guard text.unicodeScalars.contains("\0") else { return [] }
        return [Diagnostic(at: value.location, "\(kind) holds a NUL character", hint: "remove \\0")]
    }

    /// A path that is not absolute.
    static func path(_ value: Document) -> [Diagnostic] {
        guard let path = value.text, !path.isEmpty, !path.hasPrefix("/"), !path.hasPrefix("${") else { return [] }
        return [Diagnostic(at: value.location, "'\(path)' is not an absolute path", hint: "begin the path with /")]
    }
}
