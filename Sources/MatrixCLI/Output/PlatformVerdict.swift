import MatrixConformance
import MatrixCore

/// The verdict on one promise of one platform, as `matrix platform test` shows it.
struct PlatformVerdict: Sendable {
    var platform: String
    var verdict: PromiseVerdict

    static func table(_ verdicts: [PlatformVerdict]) -> String {
        let rows = verdicts.map { item in
            let why = [item.verdict.reason] + item.verdict.left.map { "may be left behind: \($0)" }
            let text = Terminal.shown(why.filter { !$0.isEmpty }.joined(separator: "; ")).split(whereSeparator: \.isNewline).first ?? ""
            return [
                item.platform, item.verdict.promise.rawValue, item.verdict.word, Duration.bounded(seconds: item.verdict.seconds).brief,
                String(text),
            ]
        }
        return Table(headings: ["PLATFORM", "PROMISE", "VERDICT", "TIME", "WHY"], rows: rows).text
    }

    /// For programs.
    static func value(_ verdicts: [PlatformVerdict]) -> Value {
        .list(
            verdicts.map { item in
                [
                    "platform": .string(item.platform), "promise": .string(item.verdict.promise.rawValue),
                    "summary": .string(item.verdict.promise.summary), "verdict": .string(item.verdict.word.lowercased()),
                    "seconds": .double(item.verdict.seconds), "why": .string(Terminal.shown(item.verdict.reason)),
                    "left": .list(item.verdict.left.map { .string(Terminal.shown($0)) }),
                ]
            })
    }

    /// The exit status; nil if all promises are kept.
    static func status(_ verdicts: [PlatformVerdict]) -> ExitStatus? {
        if verdicts.contains(where: { !$0.verdict.left.isEmpty }) { return .leaked }
        if verdicts.contains(where: { if case .broken = $0.verdict.outcome { true } else { false } }) { return .failed }
        let isUntried = verdicts.allSatisfy { if case .kept = $0.verdict.outcome { false } else { true } }
        return isUntried ? .infrastructure : nil
    }
}
