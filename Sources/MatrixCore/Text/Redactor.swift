internal import Synchronization

/// Replaces every known secret in any text that leaves the program. One redactor serves a whole run.
///
/// Besides the secret itself it knows the forms in which tools print it again: Base64 (alone, twice, and within `user:secret`),
/// hexadecimal, percent-encoded, HTML, JSON, Python, shell-quoted, and each line of a secret of several lines. A line of fewer than eight
/// characters is hidden if it is a whole line or a quoted value, not within words. Line breaks within a secret do not matter.
public final class Redactor: Sendable {
    /// The replacement for a secret.
    public static let mark = "[redacted]"
    /// The shortest secret that can be hidden without tearing ordinary words apart.
    public static let minimumLength = 4

    /// The redactor of the surrounding run, for code far below it that cuts texts: nothing recognises half a secret.
    @TaskLocal public static var current = Redactor()

    private let search = Mutex(SecretSearch())

    public init() {}

    /// Hides `secret` from now on; texts shorter than ``minimumLength`` are not hidden.
    public func hide(_ secret: String) {
        guard secret.count >= Self.minimumLength else { return }
        let forms = SecretForms.all(of: secret)
        search.withLock { $0.add(forms) }
    }

    /// Whether a secret has lines that are too short to be hidden everywhere.
    public static func hasShortLines(_ secret: String) -> Bool {
        let lines = secret.split(whereSeparator: \.isNewline)
        return lines.count > 1 && lines.contains { $0.count < SecretForms.longLine }
    }

    /// The text without any known secret; secrets that overlap are replaced together.
    public func redact(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes -> String? in
            let bytes = UnsafeRawBufferPointer(bytes)
            let secrets = findings(in: bytes).secrets
            return secrets.isEmpty ? nil : String(decoding: Self.redacted(bytes, secrets), as: UTF8.self)
        } ?? text
    }

    /// A text that was cut, without the beginning of a secret at its end: half a secret is not recognised later.
    public func withoutPartialSecret(_ cut: ArraySlice<UInt8>) -> [UInt8] {
        cut.withUnsafeBytes { bytes in Array(bytes.prefix(findings(in: bytes).safeCount(of: bytes.count))) }
    }

    /// Where secrets are in a text whose first byte begins a line.
    func findings(in bytes: UnsafeRawBufferPointer) -> SecretSearch.Findings {
        search.withLock { $0 }.findings(in: bytes)
    }

    /// Bytes with a mark in place of each secret.
    static func redacted(_ bytes: UnsafeRawBufferPointer, _ secrets: [Range<Int>]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        for secret in secrets {
            result += bytes[position..<secret.lowerBound]
            result += mark.utf8
            position = secret.upperBound
        }
        return result + bytes[position...]
    }
}
