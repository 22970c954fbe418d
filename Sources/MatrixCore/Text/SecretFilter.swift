/// Hides secrets in text that comes in pieces: what may be the beginning of a secret waits for the next piece.
public struct SecretFilter: Sendable {
    /// The most that waits for the end of its line, in bytes.
    private static let longestLine = 32 << 10

    private let redactor: Redactor
    private var held: [UInt8] = []
    /// Whether it has hidden something.
    public private(set) var hasHidden = false

    public init(_ redactor: Redactor) {
        self.redactor = redactor
    }

    /// Takes a piece, and returns whole lines that hold no secret any more.
    public mutating func take(_ piece: some Collection<UInt8>) -> [UInt8] {
        held += piece
        let (ready, count, isChanged) = held.withUnsafeBytes { bytes -> ([UInt8], Int, Bool) in
            let found = redactor.findings(in: bytes)
            let count = Self.ready(bytes, found)
            let secrets = found.secrets.filter { $0.upperBound <= count }
            return (Redactor.redacted(UnsafeRawBufferPointer(rebasing: bytes[..<count]), secrets), count, !secrets.isEmpty)
        }
        if isChanged { hasHidden = true }
        held.removeFirst(count)
        return ready
    }

    /// The rest, when nothing more comes.
    ///
    /// - Parameter isCut: whether the text went on: then it ends before a secret whose end may be missing.
    public mutating func end(isCut: Bool = false) -> [UInt8] {
        let (rest, isChanged) = held.withUnsafeBytes { bytes -> ([UInt8], Bool) in
            let found = redactor.findings(in: bytes)
            let count = isCut ? found.safeCount(of: bytes.count) : bytes.count
            let secrets = found.secrets.filter { $0.upperBound <= count }
            return (Redactor.redacted(UnsafeRawBufferPointer(rebasing: bytes[..<count]), secrets), !secrets.isEmpty)
        }
        if isChanged { hasHidden = true }
        held = []
        return rest
    }

    /// Takes a line without its newline, and returns the lines that hold no secret any more. A secret of several lines becomes one line.
    public mutating func take(line: String) -> [String] { Self.lines(take(Array(line.utf8) + [0x0a])) }

    /// The lines that still wait, when nothing more comes.
    public mutating func endOfLines() -> [String] { Self.lines(end()) }

    /// How many bytes can go: up to the beginning of the line in which a secret may begin.
    private static func ready(_ bytes: UnsafeRawBufferPointer, _ found: SecretSearch.Findings) -> Int {
        let safe = found.safeCount(of: bytes.count)
        var count = lineStart(bytes, safe)
        while let secret = found.secrets.last(where: { $0.lowerBound < count && count < $0.upperBound }) {
            count = lineStart(bytes, secret.lowerBound)
        }
        return count == 0 && bytes.count > longestLine ? safe : count
    }

    private static func lineStart(_ bytes: UnsafeRawBufferPointer, _ end: Int) -> Int {
        bytes[..<end].lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        guard !bytes.isEmpty else { return [] }
        let text = bytes.last == 0x0a ? bytes.dropLast() : bytes[...]
        return text.split(separator: 0x0a, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }
}
