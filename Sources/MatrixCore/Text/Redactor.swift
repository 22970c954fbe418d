internal import Foundation
internal import Synchronization

/// Replaces every known secret in any text that leaves the program. One redactor serves a whole run.
///
/// Besides the secret itself it knows the forms in which tools print it again: Base64 (alone and within `user:secret`),
/// percent-encoded, JSON-escaped, shell-quoted, and each line of a secret of several lines.
public final class Redactor: Sendable {
    /// The replacement for a secret.
    public static let mark = "[redacted]"
    /// The shortest secret that can be hidden without tearing ordinary words apart.
    public static let minimumLength = 4

    private let forms = Mutex<[[UInt8]]>([])

    public init() {}

    /// Hides `secret` from now on; texts shorter than ``minimumLength`` are not hidden.
    public func hide(_ secret: String) {
        guard secret.count >= Self.minimumLength else { return }
        var new: Set<String> = [secret]
        new.insert(secret.trimmingCharacters(in: .whitespacesAndNewlines))
        for line in secret.split(whereSeparator: \.isNewline) where line.count >= 8 { new.insert(String(line)) }
        // As bytes: to a set of texts, a letter and its decomposed form are one.
        let found = new.flatMap { [$0] + SecretForms.all(of: $0) }.filter { $0.count >= Self.minimumLength }.map { Array($0.utf8) }
        forms.withLock { $0 = Array(Set($0).union(found)) }
    }

    /// The text without any known secret; secrets that overlap are replaced together.
    public func redact(_ text: String) -> String {
        var text = text
        let ranges = text.withUTF8 { rangesOfSecrets(in: UnsafeRawBufferPointer($0)) }
        guard !ranges.isEmpty else { return text }
        var result = ""
        var position = 0
        text.withUTF8 { bytes in
            for range in ranges {
                result += String(decoding: bytes[position..<range.lowerBound], as: UTF8.self) + Self.mark
                position = range.upperBound
            }
            result += String(decoding: bytes[position...], as: UTF8.self)
        }
        return result
    }

    /// A text that was cut, without the beginning of a secret at its end: half a secret is not recognised later.
    public func withoutPartialSecret(_ cut: ArraySlice<UInt8>) -> [UInt8] {
        let forms = self.forms.withLock { $0 }
        let partial = forms.compactMap { form in (1..<form.count).last { cut.suffix($0).elementsEqual(form.prefix($0)) } }
        return Array(cut.dropLast(partial.max() ?? 0))
    }

    /// The ranges of secrets, in order; overlapping ones are joined.
    private func rangesOfSecrets(in bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        let forms = self.forms.withLock { $0 }
        if forms.isEmpty { return [] }
        let found = forms.flatMap { form in
            sequence(state: 0) { start -> Range<Int>? in
                guard let position = Self.position(of: form, in: bytes, from: start) else { return nil }
                start = position + 1
                return position..<position + form.count
            }
        }
        var joined: [Range<Int>] = []
        for range in found.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound < last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }

    /// By bytes: with a combining mark behind it, a secret's last character differs, but the secret is still readable.
    private static func position(of form: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var start = start
        while start + form.count <= bytes.count {
            guard let found = memchr(base + start, Int32(form[0]), bytes.count - form.count - start + 1) else { return nil }
            let position = UnsafeRawPointer(found) - base
            if memcmp(found, form, form.count) == 0 { return position }
            start = position + 1
        }
        return nil
    }
}
