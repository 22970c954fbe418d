internal import MatrixCore
internal import SystemPackage

/// A document in JSON with one long list, whose elements are encoded one after the other: encoded as a whole, the list of a large run
/// takes ten times its size in memory.
struct LongJSON {
    /// The document's text before and after the elements.
    private let head: ArraySlice<UInt8>
    private let tail: ArraySlice<UInt8>
    /// What stands between the brackets of the empty list.
    private let empty: ArraySlice<UInt8>
    private let isPretty: Bool
    /// The line break and the blanks before each element.
    private let separator: [UInt8]

    /// - Parameters:
    ///   - document: the document with an empty list.
    ///   - list: the name of the list; no other member of the document has it.
    ///   - depth: how many objects and lists an element is inside.
    init(_ document: some Encodable, list: String, depth: Int = 2, pretty: Bool = false) throws {
        let text = try JSON.encode(document, pretty: pretty)
        // In a text of the document there is a backslash before each quote, so that only the member itself is found.
        let name = Array((pretty ? "\"\(list)\" : [" : "\"\(list)\":[").utf8)
        guard let start = Self.position(of: name, in: text).map({ $0 + name.count }),
            let end = text[start...].firstIndex(of: UInt8(ascii: "]"))
        else {
            throw InfrastructureError("a report could not be written", why: "its document has no list \(list)", isTransient: false)
        }
        head = text[..<start]
        empty = text[start..<end]
        tail = text[end...]
        isPretty = pretty
        separator = pretty ? Array(("\n" + String(repeating: "  ", count: depth)).utf8) : []
    }

    /// Writes the document with the elements that `body` adds, and a line break.
    func write(to file: FileDescriptor, _ body: ((any Encodable) throws -> Void) throws -> Void) throws {
        var buffer = Array(head)
        var isFirst = true
        try body { element in
            if !isFirst { buffer.append(UInt8(ascii: ",")) }
            isFirst = false
            buffer += separator
            try append(element, to: &buffer)
            guard buffer.count > 1 << 16 else { return }
            _ = try file.writeAll(buffer)
            buffer.removeAll(keepingCapacity: true)
        }
        // What stands between the brackets of an empty list belongs to it alone.
        if isFirst { buffer += empty } else if isPretty { buffer += separator.dropLast(2) }
        buffer += tail
        buffer.append(UInt8(ascii: "\n"))
        _ = try file.writeAll(buffer)
    }

    private func append(_ element: any Encodable, to buffer: inout [UInt8]) throws {
        let text = try JSON.encode(element, pretty: isPretty)
        guard isPretty else {
            buffer += text
            return
        }
        // No text in JSON holds a line break, so each one is between two values. An empty list has an empty line, without blanks.
        let lineBreak = UInt8(ascii: "\n")
        for (index, byte) in text.enumerated() {
            let isEmptyLine = byte == lineBreak && index + 1 < text.count && text[index + 1] == lineBreak
            if byte == lineBreak, !isEmptyLine { buffer += separator } else { buffer.append(byte) }
        }
    }

    private static func position(of part: [UInt8], in text: [UInt8]) -> Int? {
        var start = text.startIndex
        while let quote = text[start...].firstIndex(of: UInt8(ascii: "\"")) {
            if text[quote...].starts(with: part) { return quote }
            start = quote + 1
        }
        return nil
    }
}
