import MatrixCore

/// A run whose every text tries to break a report.
enum HostileRun {
    static let texts: [String] = [
        "\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{07} \u{9b}1;32mgreen\u{9b}0m plain", "nul \u{0} bell \u{7} delete \u{7f} next \u{85} done",
        String(decoding: [0x62, 0x61, 0x64, 0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80], as: UTF8.self),
        "</script><script>alert(1)</script><!-- </style> --> <img src=x onerror=alert(1)>",
        "user\u{202e}gnp.exe\u{202c} \u{2066}isolated\u{2069}",
        "]]> <![CDATA[ ]]> &amp; &#0; &#x1b; <?xml version=\"1.1\"?>", "{{cells}} {{{style}}} ${env.HOME} {{#a}}",
        "\"quoted\" 'single' `tick` ```fence``` | pipe \\ back",
        "10%\r50%\r100% done\r\nnext line\r", "\u{fffe}\u{ffff} noncharacters \u{2028} separators \u{2029}",
        "emoji 🙂 combining e\u{301} " + String(repeating: "\u{301}", count: 3000),
        "    \t  ", "", "[[ATTACHMENT|../../etc/passwd]]\n[[ATTACHMENT|x]]",
    ]

    static var result: RunResult {
        var cell = SampleCell(os: "debian12", end: .failing(["service prometheus": SampleRun.failed])).result(from: SampleRun.zero)
        cell.cases += texts.enumerated().flatMap { index, text in cases(text, index: index, from: cell) }
        cell.hosts[0].facts["evil </td>"] = texts[3]
        cell.hosts[0].facts[texts[0]] = texts[4]
        var odd = SampleCell(os: "2</h1>&", platform: "p q\"'", end: .passed).result(from: SampleRun.zero)
        odd.name = "<b>odd</b> \"cell\" \u{1b}[1m"
        var twin = odd
        twin.outcome = .error
        twin.cases = []
        twin.phases = []
        var result = SampleRun.run([SampleCell(os: "debian13")], exit: .failed)
        result.cells += [cell, odd, twin]
        result.axes[0].values += ["debian12", "2</h1>&"]
        result.axes[1].values += ["p q\"'"]
        result.matrix = texts[3]
        result.file = "matrices/it's <b>.yml"
        result.commit = texts[4]
        result.environment["<script>"] = texts[3]
        result.environment["ansi"] = texts[0]
        result.warnings = texts.map { Diagnostic(.warning, at: nil, $0, hint: $0) }
        return result
    }

    private static func cases(_ text: String, index: Int, from cell: CellResult) -> [CaseResult] {
        let long = String(repeating: "0123456789abcdef\u{1b}[3\(index % 8)m", count: index.isMultiple(of: 6) ? 50_000 : 500)
        let attempt = Attempt(outcome: .failed, message: text, detail: text, type: text)
        let odd = CaseResult(
            phase: .verify, step: text, name: text, outcome: .failed, started: Timestamp(seconds: 0), seconds: .infinity, message: text,
            detail: text,
            type: text, location: SourceLocation(file: text, line: 0, column: 0), host: text, attempts: [attempt, attempt],
            attachments: [text, "../up", "/etc/passwd", "artifacts/missing.log"], properties: [text: text, "observed": text, "empty": ""])
        var huge = odd
        huge.message = long
        huge.detail = long
        huge.name = String(repeating: "long name ", count: 60) + "\(index)"
        huge.outcome = index.isMultiple(of: 2) ? .error : .skipped
        huge.seconds = .nan
        var flaky = odd
        flaky.outcome = .passed
        flaky.seconds = -3
        return [odd, odd, huge, flaky]
    }
}
