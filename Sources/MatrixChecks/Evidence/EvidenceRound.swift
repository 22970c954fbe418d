import MatrixCore

/// Reads on a host why checks failed there: one more round trip for all of them.
struct EvidenceRound: Sendable {
    /// How many bytes a question may print.
    private static let readLimit = 256 << 10

    let host: Host
    let level: EvidenceLevel

    /// What is shown of each answer, in characters.
    private var shownLimit: Int { level == .full ? 64 << 10 : 6 << 10 }

    /// The evidence for each task; without that which the host did not give.
    func collect(for tasks: [CheckTask]) async -> [[CheckEvidence]] {
        let wanted = tasks.map { task in task.evidence.filter { level == .full || !$0.isForFull } }
        let scripts = wanted.joined().map(\.script).unique
        guard !scripts.isEmpty else { return wanted.map { _ in [] } }
        let probes = scripts.map { Probe.builtIn($0, user: "root", timeout: .seconds(15), limit: Self.readLimit) }
        let script = ProbeScript(probes)
        guard let result = try? await host.transport.run(script.command) else { return wanted.map { _ in [] } }
        let answers = zip(scripts, ProbeTranscript(result, of: script).answers)
        let texts = Dictionary(answers.map { ($0, try? $1.get().text) }) { first, _ in first }
        return wanted.map { questions in questions.compactMap { evidence($0, printed: texts[$0.script] ?? nil) } }
    }

    private func evidence(_ question: EvidenceQuestion, printed: String?) -> CheckEvidence? {
        guard let printed else { return nil }
        let text = shown(question.reading(printed), end: question.endsMatter)
        return text.isEmpty ? nil : CheckEvidence(title: question.title, text: text)
    }

    /// Secrets go before the cut: half a secret is not recognised later.
    private func shown(_ text: String, end: Bool) -> String {
        let clean = Redactor.current.redact(PlainText.clean(text))
        let lines = clean.split(whereSeparator: \.isNewline)
        var kept: [Substring] = []
        var room = shownLimit
        for line in end ? Array(lines.reversed()) : lines {
            room -= line.count + 1
            guard room > 0 else { break }
            kept.append(line)
        }
        let note = kept.count < lines.count ? ["… \(lines.count - kept.count) more lines"] : []
        let shown = kept.map(String.init)
        return (end ? note + shown.reversed() : shown + note).joined(separator: "\n")
    }
}
