/// Finds secrets in bytes, in all their forms, also if line breaks divide them (Base64 at any column, a list of quoted lines), and however
/// often their quotes and backslashes were escaped again.
struct SecretSearch: Sendable {
    /// What was found.
    struct Findings: Sendable {
        /// Where secrets are, in order; overlapping ones are joined.
        var secrets: [Range<Int>] = []
        /// The place at which a secret begins if the right bytes follow; nil for none.
        var open: Int?

        /// How much of a text with these findings can be used if what follows is unknown or lost, without half a secret at its end.
        func safeCount(of count: Int) -> Int {
            let end = open ?? count
            return secrets.last { $0.contains(end) }?.lowerBound ?? end
        }
    }

    /// A form, and how many of its bytes may be missing at its beginning.
    private struct Start: Sendable {
        var form: Int
        var offset: Int
    }

    /// From this many bytes on, the beginning of a secret waits for its rest; fewer bytes end too many ordinary lines.
    private static let shortestPart = 4

    private static let backslash = UInt8(ascii: "\\")

    private var forms: [SecretForm] = []
    private var known: Set<SecretForm> = []
    /// Pairs of bytes with which a form begins, a bit each: nearly every place in a text is passed by this table alone.
    private var pairs = [UInt64](repeating: 0, count: 1 << 10)
    private var byPair: [Int: [Start]] = [:]
    private var byFirst = [[Start]](repeating: [], count: 256)
    /// Forms at the beginning of a line, without the bytes that the line before it may have shown.
    private var continued = [[Start]](repeating: [], count: 256)

    var isEmpty: Bool { forms.isEmpty }

    /// Looks for these, too.
    mutating func add(_ new: [SecretForm]) {
        for form in new where form.bytes.count > 1 && known.insert(form).inserted {
            let start = Start(form: forms.count, offset: 0)
            forms.append(form)
            let first = form.bytes[0]
            let pair = Self.pair(first, form.bytes[1])
            byPair[pair, default: []].append(start)
            byFirst[Int(first)].append(start)
            mark(pair)
            if LineBreak.isQuote(form.bytes[1]) {
                let escaped = Self.pair(first, Self.backslash)
                byPair[escaped, default: []].append(start)
                mark(escaped)
            }
            guard form.isDivisible else { continue }
            for byte in LineBreak.beginnings { mark(Self.pair(first, byte)) }
            for offset in 1..<min(Self.shortestPart, form.bytes.count) {
                continued[Int(form.bytes[offset])].append(Start(form: start.form, offset: offset))
            }
        }
    }

    /// - Parameter text: its first byte begins a line.
    func findings(in text: UnsafeRawBufferPointer) -> Findings {
        var found = Findings()
        guard !isEmpty, !text.isEmpty else { return found }
        let last = text.count - 1
        pairs.withUnsafeBufferPointer { pairs in
            var isLineStart = true
            for index in 0..<last {
                let byte = text[index]
                if isLineStart { lookAtLine(index, text, &found) }
                isLineStart = byte == 0x0a
                let pair = Self.pair(byte, text[index + 1])
                guard pairs[pair >> 6] & (1 << (pair & 63)) != 0 else { continue }
                look(byPair[pair] ?? [], index, text, &found)
                if LineBreak.end(in: text, from: index + 1) != nil { look(byFirst[Int(byte)], index, text, &found) }
            }
            if isLineStart { lookAtLine(last, text, &found) }
        }
        look(byFirst[Int(text[last])], last, text, &found)
        found.secrets = Self.joined(found.secrets)
        return found
    }

    private mutating func mark(_ pair: Int) { pairs[pair >> 6] |= 1 << (pair & 63) }

    private static func pair(_ first: UInt8, _ second: UInt8) -> Int { Int(first) << 8 | Int(second) }

    private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var joined: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound < last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }
}

// MARK: - Comparing

extension SecretSearch {
    private enum Match {
        case none
        case whole(end: Int)
        /// The text ends within it, after this many of its bytes.
        case part(Int)
    }

    private func lookAtLine(_ line: Int, _ text: UnsafeRawBufferPointer, _ found: inout Findings) {
        let index = LineBreak.end(in: text, from: line, isBroken: true) ?? line
        guard index < text.count else { return }
        look(continued[Int(text[index])], index, text, &found)
    }

    private func look(_ starts: [Start], _ index: Int, _ text: UnsafeRawBufferPointer, _ found: inout Findings) {
        for start in starts {
            switch match(start, index, text) {
            case .none: continue
            case .whole(let end):
                if !forms[start.form].isWholeOnly || Self.isWhole(index..<end, text) { found.secrets.append(index..<end) }
            case .part(let count):
                let isKnown = found.open.map { $0 <= index } ?? false
                if !isKnown, count >= Self.shortestPart || text[text.count - 1] != 0x0a || Self.beginsLine(index, text) {
                    found.open = index
                }
            }
        }
    }

    private func match(_ start: Start, _ index: Int, _ text: UnsafeRawBufferPointer) -> Match {
        let form = forms[start.form]
        var (place, position) = (start.offset, index)
        while place < form.bytes.count {
            guard position < text.count else { return .part(place - start.offset) }
            let byte = form.bytes[place]
            if text[position] == byte {
                (place, position) = (place + 1, position + 1)
                // JSON in JSON doubles them.
                guard byte == Self.backslash else { continue }
                while place < form.bytes.count, form.bytes[place] == byte { place += 1 }
                position = Self.afterBackslashes(position, text)
                continue
            }
            if LineBreak.isQuote(byte), text[position] == Self.backslash, place > start.offset {
                let quote = Self.afterBackslashes(position, text)
                if quote == text.count || text[quote] == byte {
                    position = quote
                    continue
                }
            }
            guard form.isDivisible, place > start.offset, let end = LineBreak.end(in: text, from: position), end > position else {
                return .none
            }
            guard end < text.count else { return .part(place - start.offset) }
            position = end
            while place < form.bytes.count, LineBreak.isBlank(form.bytes[place]) { place += 1 }
        }
        return .whole(end: position)
    }

    private static func afterBackslashes(_ index: Int, _ text: UnsafeRawBufferPointer) -> Int {
        var end = index
        while end < text.count, text[end] == backslash { end += 1 }
        return end
    }

    /// Whether it is the whole line, an item of a list, or between quotes.
    private static func isWhole(_ range: Range<Int>, _ text: UnsafeRawBufferPointer) -> Bool {
        (beginsLine(range.lowerBound, text) || isQuoted(before: range.lowerBound, text))
            && (endsLine(range.upperBound, text) || isQuoted(after: range.upperBound, text))
    }

    private static func isQuoted(before index: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        guard index > 0 else { return false }
        if LineBreak.isQuote(text[index - 1]) { return true }
        return index > 1 && text[index - 2] == UInt8(ascii: "\\") && LineBreak.isEscape(text[index - 1])
    }

    private static func isQuoted(after index: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        guard index < text.count else { return false }
        if LineBreak.isQuote(text[index]) { return true }
        guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else { return false }
        return LineBreak.isQuote(text[index + 1]) || LineBreak.isEscape(text[index + 1])
    }

    private static func beginsLine(_ index: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        var start = index
        while start > 0, LineBreak.isBlank(text[start - 1]), text[start - 1] != 0x0a { start -= 1 }
        if start > 0, start < index, text[start - 1] == UInt8(ascii: "-") {
            start -= 1
            while start > 0, LineBreak.isBlank(text[start - 1]), text[start - 1] != 0x0a { start -= 1 }
        }
        return start == 0 || text[start - 1] == 0x0a
    }

    private static func endsLine(_ index: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        var end = index
        while end < text.count, LineBreak.isBlank(text[end]), text[end] != 0x0a { end += 1 }
        return end == text.count || text[end] == 0x0a
    }
}

/// What stands between the parts of a text that is printed in lines: a newline, also an escaped one, with blanks, quotes and commas around
/// it; or the quotes and the comma between the items of a list.
private enum LineBreak {
    /// The bytes with which one can begin.
    static let beginnings = Array(" \t\r\n\"',\\".utf8)
    private static let longest = 80

    /// The first byte behind it, or the text's end if it may go on there; nil if there is none.
    ///
    /// - Parameter isBroken: whether the line has ended already.
    static func end(in text: UnsafeRawBufferPointer, from start: Int, isBroken: Bool = false) -> Int? {
        var isBroken = isBroken || start > 0 && text[start - 1] == 0x0a
        var hasComma = false
        var end = start
        scan: while end < text.count, end - start < longest {
            switch text[end] {
            case 0x0a: isBroken = true
            case UInt8(ascii: ","): hasComma = true
            case let byte where isQuote(byte): if hasComma { isBroken = true }
            case let byte where isBlank(byte): break
            case UInt8(ascii: "-") where isBroken && end + 1 < text.count && text[end + 1] == UInt8(ascii: " "): break
            case UInt8(ascii: "\\"):
                let escape = end
                while end < text.count, text[end] == UInt8(ascii: "\\") { end += 1 }
                guard end < text.count else { return end }
                if isEscape(text[end]) || hasComma && isQuote(text[end]) {
                    isBroken = true
                } else if !isQuote(text[end]) {
                    return isBroken ? escape : nil
                }
            default: break scan
            }
            end += 1
        }
        return isBroken || end == text.count ? end : nil
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }
    static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`") }
    /// The letter of an escaped newline.
    static func isEscape(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "n") || byte == UInt8(ascii: "r") }
}
