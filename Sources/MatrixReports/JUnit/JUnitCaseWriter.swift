internal import MatrixCore

/// Writes cases, each with its result, its earlier attempts and its files, in the order that the schema requires.
final class JUnitCaseWriter {
    private let xml: XMLWriter
    private let run: ReportedRun
    private let profile: JUnitProfile
    private let directory: String
    /// Characters of text that still fit into the document.
    private var budget = JUnitLimits.allTexts

    init(_ xml: XMLWriter, run: ReportedRun, profile: JUnitProfile, directory: String) {
        self.xml = xml
        self.run = run
        self.profile = profile
        self.directory = directory
    }

    func write(_ test: CaseResult, as identity: (className: String, name: String), in suite: JUnitSuite) throws {
        let place = suite.interval.place(test)
        let isRich = profile == .rich
        try xml.element(
            "testcase",
            [
                "classname": identity.className, "name": identity.name, "time": Decimal.seconds(place.seconds),
                "timestamp": isRich ? place.start.description : nil, "file": isRich ? file(of: test) : nil,
                "line": isRich ? line(of: test) : nil,
            ]
        ) {
            if isRich { try xml.properties(properties(of: test)) }
            let verdict = JUnitVerdict(test, in: suite.cell, of: run)
            try write(verdict, of: test)
            try writeOutput(of: test, with: verdict)
        }
    }

    /// The schema's order: failure and its reruns, flaky failures, skipped, error and its reruns, flaky errors.
    private func write(_ verdict: JUnitVerdict, of test: CaseResult) throws {
        let attempts = test.attempts.suffix(JUnitLimits.attempts)
        let failures = attempts.filter { $0.outcome == .failed }
        let errors = attempts.filter { $0.outcome != .failed }
        switch verdict {
        case .skipped(let reason): try writeSkipped(test, because: reason)
        case .passed:
            for attempt in failures { try write(attempt, as: "flakyFailure", of: test) }
            for attempt in errors { try write(attempt, as: "flakyError", of: test) }
        case .failure, .error:
            if verdict == .failure { try writeProblem(test, as: "failure") }
            for attempt in failures { try write(attempt, as: "rerunFailure", of: test) }
            if verdict == .error { try writeProblem(test, as: "error") }
            for attempt in errors { try write(attempt, as: "rerunError", of: test) }
        }
    }

    private func writeProblem(_ test: CaseResult, as element: String) throws {
        let message = JUnitVerdict.message(test)
        try xml.element(element, ["message": message, "type": type(test.type, outcome: test.outcome, in: test)]) {
            try xml.text(text(test.detail, or: message))
        }
    }

    private func writeSkipped(_ test: CaseResult, because reason: String) throws {
        try xml.element("skipped", ["message": reason]) {
            if let detail = test.detail { try xml.text(text(detail, or: "")) }
        }
    }

    private func write(_ attempt: Attempt, as element: String, of test: CaseResult) throws {
        let message = JUnitVerdict.message(attempt.message, or: attempt.detail, outcome: attempt.outcome)
        try xml.element(element, ["message": message, "type": type(attempt.type, outcome: attempt.outcome, in: test)]) {
            try xml.element("stackTrace") { try xml.text(text(attempt.detail, or: message)) }
        }
    }

    /// Attachments, each on a line by itself as Jenkins and GitLab require, and the attempts for which there is no element.
    private func writeOutput(of test: CaseResult, with verdict: JUnitVerdict) throws {
        var lines = test.attachments.filter { ReportFile.isNameable($0) && ReportFile.holds($0, in: directory) }.map {
            "[[ATTACHMENT|\($0)]]"
        }
        if case .skipped = verdict {
            // The text of an attempt must not look like an attachment.
            lines += test.attempts.suffix(JUnitLimits.attempts).map { attempt in
                let message = JUnitVerdict.message(attempt.message, or: attempt.detail, outcome: attempt.outcome)
                return "earlier attempt: \(message.replacing("[[", with: "[ ["))"
            }
        }
        guard !lines.isEmpty else { return }
        try xml.element("system-out") { try xml.text("\n" + lines.joined(separator: "\n") + "\n") }
    }

    private func type(_ type: String?, outcome: Outcome, in test: CaseResult) -> String {
        outcome == .interrupted
            ? ProblemType.interrupted.rawValue
            : JUnitType.dotted(type, or: ProblemFamily.outcome.type(test.phase.rawValue, outcome.rawValue))
    }

    private func text(_ text: String?, or other: String) -> String {
        let block = ReportText.block(text ?? "", limit: budget > 0 ? JUnitLimits.text : JUnitLimits.textBeyond)
        let shown = block.isEmpty ? other : block
        budget -= shown.utf8.count
        return shown
    }

    private func properties(of test: CaseResult) -> [(name: String, value: String)] {
        let host = test.host.map { [(name: "host", value: $0)] } ?? []
        return host + test.properties.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    private func file(of test: CaseResult) -> String? {
        guard let file = test.location?.file, file.unicodeScalars.count <= JUnitLimits.label else { return nil }
        let line = ReportText.line(file, limit: JUnitLimits.label)
        return line.isEmpty ? nil : line
    }

    private func line(of test: CaseResult) -> String? {
        guard file(of: test) != nil, let line = test.location?.line, line > 0 else { return nil }
        return "\(line)"
    }
}
