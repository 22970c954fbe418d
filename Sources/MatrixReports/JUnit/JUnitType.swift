/// The dotted name of a case's kind of problem.
enum JUnitType {
    /// `text` as the schema requires: at least two parts, each beginning with a letter. GitLab refuses a single word.
    static func dotted(_ text: String?, or other: String) -> String {
        let parts = (text ?? "").split(separator: ".").map(word).filter { !$0.isEmpty }
        switch parts.count {
        case 0: return other
        case 1: return "matrix.\(parts[0])"
        default:
            return ReportText.clip(([parts[0].replacing("-", with: "_")] + parts[1...]).joined(separator: "."), limit: JUnitLimits.label)
        }
    }

    private static func word(_ part: Substring) -> String {
        let clean = String(part.unicodeScalars.map { isAllowed($0) ? Character($0) : "_" })
        return String(clean.drop { !$0.isLetter })
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }
}
