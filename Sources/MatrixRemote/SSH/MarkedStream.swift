internal import MatrixCore

/// One stream of a ``ShellSession``: separates the command's output from what came before and after its marks.
struct MarkedStream {
    private enum Position {
        case before
        case inside
        case after
    }

    private static let separator: UInt8 = 0x1e
    private static let longestNoise = 16 << 10
    private static let longestVerdict = 16

    /// The command's exit status as printed, once its output is complete.
    private(set) var verdict: String?
    private let mark: [UInt8]
    private var collector: OutputCollector
    private var position = Position.before
    private var held: [UInt8] = []
    private var preamble: [UInt8] = []
    /// Gets the command's output instead of the collector.
    private let sink: ((ArraySlice<UInt8>) -> Void)?

    init(_ stream: OutputLine.Stream, nonce: String, limit: Int, sink: ((ArraySlice<UInt8>) -> Void)? = nil) {
        self.sink = sink
        mark = [Self.separator] + Array("\(nonce) ".utf8)
        collector = OutputCollector(stream, limit: limit)
    }

    var kept: [UInt8] { collector.kept }
    var isTruncated: Bool { collector.isTruncated }
    var hasBegun: Bool { position != .before }
    /// The lines that no command of ours printed.
    var noise: [String] { PlainText.clean(preamble).split(whereSeparator: \.isNewline).map(String.init) }

    /// Takes what was read and returns the command's lines that it completed.
    mutating func take(_ bytes: [UInt8]) -> [OutputLine] {
        var lines: [OutputLine] = []
        let all = held + bytes
        held = []
        var rest = all[...]
        while position != .after, let found = rest.firstIndex(ofByte: Self.separator) {
            lines += pass(rest[..<found])
            rest = rest[found...]
            guard let word = word(in: rest) else {
                if couldBeMark(rest) {
                    held = Array(rest)
                    return lines
                }
                lines += pass(rest.prefix(1))
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst(mark.count + word.utf8.count + 1)
            enter(word)
        }
        return position == .after ? lines : lines + pass(rest)
    }

    /// The last line, if it had no newline; a stream that broke off in a mark ends before it.
    mutating func end() -> OutputLine? { collector.end() }

    private mutating func enter(_ word: String) {
        if word == "begin" {
            position = .inside
        } else {
            position = .after
            verdict = word
        }
    }

    private mutating func pass(_ bytes: ArraySlice<UInt8>) -> [OutputLine] {
        guard !bytes.isEmpty else { return [] }
        if position == .inside {
            guard let sink else { return collector.take(Array(bytes)) }
            sink(bytes)
            return []
        }
        preamble += bytes.prefix(max(0, Self.longestNoise - preamble.count))
        return []
    }

    private func word(in bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.starts(with: mark) else { return nil }
        let tail = bytes.dropFirst(mark.count)
        return tail.prefix(Self.longestVerdict).firstIndex(ofByte: 0x0a).map { String(decoding: tail[..<$0], as: UTF8.self) }
    }

    private func couldBeMark(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count < mark.count ? mark.starts(with: bytes) : bytes.starts(with: mark) && bytes.count < mark.count + Self.longestVerdict
    }
}
