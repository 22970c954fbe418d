/// Names of cases as 0.1 wrote them: addresses, ids, times and temporary paths were replaced by words, and blanks, tabs and newlines by
/// one blank.
///
/// Reports of that release are compared with newer ones (docs/decisions/0015-names-as-written.md). Remove it with 0.3.
public enum FormerName {
    private static let longest = 100
    /// Only the beginning of a text became its name.
    private static let beginning = 20 * longest

    /// The former name of a case or a step; the same text if nothing in it was replaced.
    public static func of(_ name: String) -> String {
        let keepsBlanks = keepsBlanks(name)
        guard keepsBlanks || isSuspicious(name) else { return name }
        let text = String(name.prefix(beginning))
        let line = keepsBlanks ? onOneLine(text) : text
        let former = isSuspicious(line) ? withoutChanging(line) : line
        return former.count > longest ? "\(former.prefix(longest - 1))…" : former
    }

    /// Whether a name may be a former one.
    public static func mayBe(_ name: String) -> Bool {
        let words: Set<Substring> = ["address", "uuid", "time", "pointer", "id"]
        return name.contains("/temp/") || name.split { !$0.isLetter }.contains { words.contains($0) }
    }

    /// Whether a name has blanks that former names did not have.
    public static func keepsBlanks(_ name: String) -> Bool {
        name.contains("  ") || name.contains("\\n") || name.contains("\\t") || name.hasPrefix(" ") || name.hasSuffix(" ")
    }

    private static func onOneLine(_ name: String) -> String {
        name.replacing("\\n", with: " ").replacing("\\t", with: " ").words.joined(separator: " ")
    }

    /// Whether a text may hold something that was replaced: matching the expressions is expensive.
    private static func isSuspicious(_ text: String) -> Bool {
        var digits = 0
        var run = 0
        var longestRun = 0
        for byte in text.utf8 {
            let isDigit = (0x30...0x39).contains(byte)
            digits += isDigit ? 1 : 0
            run = isDigit || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte) ? run + 1 : 0
            longestRun = max(longestRun, run)
        }
        let hasDots = digits >= 4 && text.utf8.count { $0 == 0x2e } >= 3
        return digits >= 8 || longestRun >= 8 || hasDots || text.contains("0x") || text.contains("/tmp/") || text.contains("/var/folders/")
            || digits >= 2 && text.contains("in ")
    }

    private static func withoutChanging(_ text: String) -> String {
        var name = text.replacing(#/[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/#, with: "uuid")
        name = name.replacing(#/[0-9.]+/#) { withoutAddress($0.output) }
        name = name.replacing(#/20[0-9]{2}-?[01][0-9]-?[0-3][0-9][T_ -]?[0-9]{2}[0-9:.Z]*/#, with: "time")
        name = name.replacing(#/0x[0-9A-Fa-f]{6,}/#, with: "pointer")
        name = name.replacing(#/\b[0-9a-f]{10,}\b/#) { isHexadecimal($0.output) ? "id" : String($0.output) }
        name = name.replacing(#/in [0-9]+\.[0-9]+ ?(ms|seconds|second|s)\b/#, with: "in time")
        return name.replacing("/tmp/", with: "/temp/").replacing("/var/folders/", with: "/var/temp/")
    }

    /// A run of digits and dots, replaced if it is an address; the dots at its end belong to the sentence.
    private static func withoutAddress(_ run: Substring) -> String {
        let end = run.lastIndex { $0 != "." }.map { run.index(after: $0) } ?? run.startIndex
        return isForeignAddress(run[..<end]) ? "address\(run[end...])" : String(run)
    }

    private static func isForeignAddress(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.allSatisfy({ (1...3).contains($0.count) }) else { return false }
        return parts[0] != "127" && text != "0.0.0.0"
    }

    private static func isHexadecimal(_ text: Substring) -> Bool {
        text.contains(where: \.isNumber) && text.contains(where: \.isLetter)
    }
}
