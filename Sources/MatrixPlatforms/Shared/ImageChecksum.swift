internal import Crypto
internal import Foundation
internal import MatrixCore

/// A checksum that a distribution publishes for an image.
struct ImageChecksum: Sendable, Hashable, CustomStringConvertible {
    enum Algorithm: String, Sendable {
        case sha256
        case sha512
    }

    var algorithm: Algorithm
    /// Lower-case hexadecimal digits.
    var digits: String

    var description: String { "\(algorithm.rawValue):\(digits)" }

    /// Finds a file's line in Debian's `SHA512SUMS` (`<digits>  name`) or Rocky's `CHECKSUM` (`SHA256 (name) = <digits>`).
    init?(of file: String, in text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let found = Self.rocky(line, file) ?? Self.debian(line, file) else { continue }
            self = found
            return
        }
        return nil
    }

    /// Reads what ``description`` writes: `sha256:…`, `sha512:…`.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let found = ImageChecksum(digits: parts[1]), found.algorithm.rawValue == parts[0] else { return nil }
        self = found
    }

    /// The SHA-256 of a file of this machine.
    init(of path: String) throws {
        algorithm = .sha256
        digits = try Self.digits(of: path, SHA256.self)
    }

    private init?(digits: Substring) {
        guard digits.allSatisfy(\.isHexDigit) else { return nil }
        switch digits.count {
        case 64: algorithm = .sha256
        case 128: algorithm = .sha512
        default: return nil
        }
        self.digits = digits.lowercased()
    }

    private static func rocky(_ line: Substring, _ file: String) -> ImageChecksum? {
        guard let match = line.wholeMatch(of: /(?:SHA256|SHA512) \(([^)]+)\) = ([0-9A-Fa-f]+)\s*/), match.output.1 == file else {
            return nil
        }
        return ImageChecksum(digits: match.output.2)
    }

    private static func debian(_ line: Substring, _ file: String) -> ImageChecksum? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, words[1] == file || words[1] == "*\(file)" || words[1] == "./\(file)" else { return nil }
        return ImageChecksum(digits: words[0])
    }

    /// Whether a file has this checksum.
    func matches(_ path: String) throws -> Bool {
        switch algorithm {
        case .sha256: try Self.digits(of: path, SHA256.self) == digits
        case .sha512: try Self.digits(of: path, SHA512.self) == digits
        }
    }

    private static func digits<H: HashFunction>(of path: String, _ type: H.Type) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var hash = H()
        while let part = try file.read(upToCount: 4 << 20), !part.isEmpty { hash.update(data: part) }
        return hash.finalize().hexadecimal
    }
}
