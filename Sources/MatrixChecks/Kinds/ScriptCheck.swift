import MatrixCore

/// `script`: any program, on the host or on the runner; the tests that it reports in TAP or JUnit XML become cases.
struct ScriptCheck: ProbedCheck {
    /// How many bytes of its output, and of its report, are read.
    static let limit = 4 << 20

    static let declaration = Declaration(
        kind: "script", subject: .text, keys: keys.shapes,
        summary: "Runs a program; a relative path is a file of the project, an absolute path an installed program",
        example: "script: /usr/local/bin/smoke-test\nargs: [--quick]\nformat: tap\n",
        asksFromElsewhere: true,
        examine: { Examination.name("script", in: $0) + keys.problems(in: $0) + file($0) })

    private struct Options: KeySet {
        @Key([], .oneOrMore(.text), "Its arguments", reader: \.texts) var args: [String]
        /// The step's environment already holds it.
        @Key((), .map(.text), "Its environment", reader: { _ in nil }) private var env: Void
        @Key("Its exit status. Default: `0`") var exit = Matcher.number(0)
        @Key("Standard output, without its final newline", reader: CommandCheck.output) var stdout: Matcher?
        @Key("The format of its output; auto detects it", .choice(["auto", "tap", "junit", "plain"])) var format = "auto"
        @Key("The file that it writes its report to, instead of standard output") var report: String?
    }

    private static let keys = Options.declared()

    private let options: Options
    private let boundary = ProbeScript.randomMarker()
    private let timeout: Duration
    private let order: VersionOrder
    let probe: Probe
    let display: Command
    let displayInput: String?

    init(_ item: CheckItem) throws {
        let isHere = item.origin == .runner
        _ = try item.subjectText()
        let source = try ScriptSource(item.subject, isHere: isHere)
        options = try Options(reading: item.options)
        timeout = item.timeout ?? .seconds(300)
        order = item.order
        let script = Self.script(
            source, options.args, report: options.report, environment: item.environment, isHere: isHere, boundary: boundary)
        probe = Probe(script, user: item.user, timeout: timeout, limit: 2 * Self.limit)
        display = Command((source.text == nil ? [source.path] : source.display) + options.args, user: item.user)
        displayInput = source.text == nil ? nil : source.path
    }

    private static func script(
        _ source: ScriptSource, _ arguments: [String], report: String?, environment: [String: String], isHere: Bool, boundary: String
    ) -> String {
        let words = arguments.map { " \(ShellQuoting.quote($0))" }.joined()
        var lines = CommandCheck.exports(environment)
        var program = ShellQuoting.quote(source.path)
        if let text = source.text {
            lines += """
                solti_folder=$(mktemp -d) || { echo "\(boundary) nofolder"; exit 0; }
                trap 'rm -rf "$solti_folder"' EXIT; trap 'exit 143' TERM HUP INT
                printf %s \(ShellQuoting.quote(text)) >"$solti_folder"/\(ShellQuoting.quote(source.name)) || \
                { echo "\(boundary) nofolder"; exit 0; }

                """
            program = "\(ShellQuoting.join(source.interpreter)) \"$solti_folder\"/\(ShellQuoting.quote(source.name))"
        } else if isHere {
            let folder = source.path[..<(source.path.lastIndex(of: "/") ?? source.path.startIndex)]
            lines += "cd \(ShellQuoting.quote("\(folder)/")) || exit\n"
        }
        let stale = report.map { "rm -f -- \(ShellQuoting.quote($0))\n" } ?? ""
        let shown = report.map { "printf '\\n\(boundary) report\\n'; head -c \(limit + 1) -- \(ShellQuoting.quote($0))\n" } ?? ""
        return lines + stale + "\(program)\(words)\nsolti_status=$?\n" + shown + "exit $solti_status\n"
    }

    @Sendable private static func file(_ item: Document) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        if let report = item["report"], item["format"]?.text == "plain" {
            problems.append(Diagnostic(at: report.location, "a plain output has no report", hint: "remove report, or write format: junit"))
        }
        guard let document = item["script"], let text = document.text, !text.isEmpty, !text.contains("${") else { return problems }
        do { _ = try ScriptSource(document, isHere: item["from"]?.text == "runner") } catch { problems += error.diagnostics }
        return problems
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let text = answer.text
        if text == "\(boundary) nofolder\n" {
            throw Unanswered("the script cannot be written on the host", next: "check that /tmp is writable and has room")
        }
        let border = text.range(ofBytes: "\n\(boundary) report\n")
        let printed = border.map { String(text[..<$0.lowerBound]) } ?? text
        var judgement = Judgement(order: order)
        judgement.context = CommandCheck.context(
            of: ProbeAnswer(
                end: answer.end, output: Array(printed.utf8), error: answer.error, outputIsCut: answer.outputIsCut,
                errorIsCut: answer.errorIsCut))
        guard let status = answer.exitStatus else {
            judgement.note(
                "end", expected: "an end within \(timeout.brief)", observed: "still running after \(timeout.brief)", holds: false)
            return judgement
        }
        judgement.expect(Judgement.exitAspect, options.exit, .int(Int(status)))
        judgement.expect("stdout", options.stdout, CommandCheck.shown(printed, isCut: border == nil && answer.outputIsCut, of: probe.limit))
        let report = options.report == nil ? printed : border.map { String(text[$0.upperBound...]) } ?? ""
        let isCut = answer.outputIsCut || options.report != nil && report.utf8.count > Self.limit
        if let tests = tests(in: report) { judge(tests, isCut: isCut, in: &judgement) }
        if status == 0, judgement.holds, options.format == "auto" { try refuseToGuess(printed, answer) }
        return judgement
    }

    /// Nil if the output is not a report.
    private func tests(in text: String) -> ReportedTests? {
        switch options.format {
        case "tap": return TAPReader.read(text)
        case "junit": return JUnitReader.read(text)
        case "plain": return nil
        default:
            if JUnitReader.recognises(text) { return JUnitReader.read(text) }
            if TAPReader.recognises(text) { return TAPReader.read(text) }
            return options.report != nil ? ReportedTests(problem: "there is no TAP and no JUnit XML in its report") : nil
        }
    }

    /// - Throws: `Unanswered` if what is no report says that a test failed, although the script ended well.
    private func refuseToGuess(_ printed: String, _ answer: ProbeAnswer) throws(Unanswered) {
        let isTAP = !JUnitReader.recognises(printed) && TAPReader.recognises(printed)
        let report = JUnitReader.range(in: printed)
        // Lines keep their numbers.
        let rest = report.map { String(printed[..<$0.lowerBound]) + printed[$0].filter(\.isNewline) + printed[$0.upperBound...] } ?? printed
        let found = failure(in: rest, isTAP: isTAP).map { ($0, "output") } ?? failure(in: answer.errorText).map { ($0, "error") }
        if let (line, stream) = found {
            throw Unanswered(
                "its exit status is 0, but line \(line.number) of its standard \(stream) says that something failed: \(line.text)",
                next: "let it print TAP or JUnit XML, or write format: plain if its exit status is its verdict")
        }
        guard options.report == nil, report == nil, !isTAP, answer.isCut else { return }
        throw Unanswered(
            "it printed more than the \(ByteSize.brief(Self.limit)) that are read, so whether a test failed is unknown",
            next: "let it print less, or write format: plain if its exit status is its verdict")
    }

    /// What a script with a report in a file prints is for people: only a test that failed counts there.
    private func failure(in text: String, isTAP: Bool = false) -> VerdictWords.Line? {
        if options.report != nil { return VerdictWords.firstFailedTest(in: text) }
        return isTAP ? VerdictWords.firstFailure(besideTAP: text) : VerdictWords.firstFailure(in: text)
    }

    private func judge(_ tests: ReportedTests, isCut: Bool, in judgement: inout Judgement) {
        judgement.parts = tests.cases
        let bad = tests.cases.filter { $0.verdict == .failed || $0.verdict == .error }
        let problem = isCut ? "more output than the \(ByteSize.brief(Self.limit)) that are read" : tests.problem
        if let problem { judgement.note("report", expected: "a complete report", observed: problem, holds: false) }
        guard !tests.cases.isEmpty else {
            if let skipped = tests.skipped, judgement.holds {
                judgement.skipped = "nothing was tested: \(skipped)"
            } else if problem == nil {
                judgement.note(Judgement.testsAspect, expected: "at least one test", observed: "none", holds: false)
            }
            return
        }
        let first = bad.first.map { ": \($0.name)" } ?? ""
        judgement.note(
            Judgement.testsAspect, expected: "none that fails", observed: "\(bad.count) of \(tests.cases.count) failed\(first)",
            holds: bad.isEmpty)
        if judgement.holds, tests.cases.allSatisfy({ $0.verdict == .skipped }) {
            judgement.skipped = "all \(tests.cases.count) tests were skipped"
        }
    }
}
