import MatrixCore

/// The verdict on one answer: what was expected and what was observed, aspect by aspect.
struct Judgement: Sendable, Hashable {
    /// One aspect of an answer.
    struct Finding: Sendable, Hashable {
        /// `status`, `running`, `json data.0.name`.
        var aspect: String
        var expected: String
        var observed: String
        var holds: Bool
        /// Why it is unknown whether it holds; nil if it is known.
        var doubt: Doubt?
    }

    private(set) var findings: [Finding] = []
    /// More to read after a failure: output, the last lines of a log.
    var context: String = ""
    /// The tests that a script reported; each becomes a separate case.
    var parts: [ReportedCase] = []
    /// The program of the host that relayed a request, as the host's sshd refuses forwards.
    var relay: String?
    /// What the check remembers if it holds and is told to.
    var remembered: String?
    /// Why the check is skipped; nil if it was asked.
    var skipped: String?
    /// The order in which versions compare on the host.
    var order: VersionOrder

    init(order: VersionOrder = .debian) {
        self.order = order
    }

    var holds: Bool { findings.allSatisfy(\.holds) }

    /// The aspect that says how many of the reported tests failed, and that of the exit status.
    static let (testsAspect, exitAspect) = ("tests", "exit")

    /// Whether the reported tests say all that is wrong: a script with a failed test ends with a status for that.
    var isToldByParts: Bool { findings.allSatisfy { $0.holds || [Self.testsAspect, Self.exitAspect].contains($0.aspect) } }

    /// Judges one aspect by a matcher; without one it is only shown.
    mutating func expect(_ aspect: String, _ matcher: Matcher?, _ value: HostValue) {
        guard let matcher else { return }
        let mismatches = matcher.mismatches(with: value, order: order)
        if mismatches.isEmpty { return note(aspect, expected: matcher.words, observed: Observed.display(value), holds: true) }
        for mismatch in mismatches {
            let place = mismatch.path.isEmpty ? aspect : "\(aspect) \(mismatch.path)"
            findings.append(
                Finding(aspect: place, expected: mismatch.expected, observed: mismatch.observed, holds: false, doubt: mismatch.doubt))
        }
    }

    /// This judgement, if it is a verdict.
    /// - Throws: `Unanswered` if nothing is known to be wrong, and something is not known to be right.
    func settled() throws(Unanswered) -> Judgement {
        let open = findings.filter { !$0.holds }
        guard let first = open.first, let doubt = first.doubt, open.allSatisfy({ $0.doubt != nil }) else { return self }
        throw Unanswered(
            "\(first.aspect): whether it is \(first.expected) is unknown: it is \(first.observed), and \(doubt.why)", next: doubt.next,
            detail: explanation)
    }

    /// Judges one aspect that needs no matcher.
    mutating func expect(_ aspect: String, _ expected: Bool, observed: Bool, as words: String? = nil) {
        note(aspect, expected: "\(expected)", observed: "\(observed)" + (words.map { " (\($0))" } ?? ""), holds: expected == observed)
    }

    mutating func note(_ aspect: String, expected: String, observed: String, holds: Bool) {
        findings.append(Finding(aspect: aspect, expected: expected, observed: observed, holds: holds))
    }

    /// This judgement with one more aspect that does not hold.
    func noting(_ aspect: String, expected: String, observed: String) -> Judgement {
        var judgement = self
        judgement.note(aspect, expected: expected, observed: observed, holds: false)
        return judgement
    }

    /// A judgement that rests on one aspect alone.
    static func failed(_ aspect: String, expected: String, observed: String) -> Judgement {
        var judgement = Judgement()
        judgement.note(aspect, expected: expected, observed: observed, holds: false)
        return judgement
    }

    /// One line on the first aspect that does not hold, and how many more there are.
    var message: String? {
        let wrong = findings.filter { !$0.holds }
        guard let first = wrong.first else { return nil }
        let more = wrong.count > 1 ? " (and \(wrong.count - 1) more)" : ""
        return "\(first.aspect): expected \(first.expected), observed \(first.observed)\(more)"
    }

    /// What was observed, in one line.
    var observation: String {
        findings.map { "\($0.aspect): \($0.observed)" }.joined(separator: "; ")
    }

    /// Expected and observed of every aspect that does not hold, then the context.
    var explanation: String {
        let aspects = findings.filter { !$0.holds }.map { "\($0.aspect)\n  expected: \($0.expected)\n  observed: \($0.observed)" }
        return (aspects + (context.isEmpty ? [] : [context])).joined(separator: "\n")
    }
}
