import MatrixCore

/// `file`: a path of the host.
///
/// What a symbolic link leads to is described, unless `type` names `symlink`: then the link itself.
struct FileCheck: ProbedCheck {
    /// How many bytes of a file's content are looked into.
    static let limit = 4 << 20

    static let declaration = Declaration(
        kind: "file", subject: .text,
        keys: [
            KeyShape("exists", .boolean, "Whether there is something at the path; true where it is not said"),
            KeyShape("type", .matcher, "file, directory, symlink, socket, fifo, character or block; symlink asks about the link itself"),
            KeyShape("mode", .matcher, "The permissions in octal, such as \"0644\""),
            KeyShape("owner", .matcher, "The owner's name"),
            KeyShape("group", .matcher, "The group's name"),
            KeyShape("size", .matcher, "The size in bytes; gt, ge, lt and le also take 10MiB"),
            KeyShape("sha256", .matcher, "The SHA-256 of the content in hexadecimal"),
            KeyShape("contains", .matcher, "The content: a bare text or a list of them must be found in it"),
            KeyShape("json", .map(.matcher), "The content as JSON: dotted paths with what must be there"),
            KeyShape("yaml", .map(.matcher), "The content as YAML: dotted paths with what must be there"),
        ],
        summary: "Asks about a file, a folder or another thing at a path",
        example: "file: /etc/prometheus/prometheus.yml\nmode: \"0644\"\nowner: root\ncontains: scrape_configs\n",
        examine: { item in
            Examination.name("file", in: item) + Examination.matchers(plainKeys + ["contains"], in: item) + Examination.maps(["json", "yaml"], in: item)
                + Examination.pointless(plainKeys + ["contains", "json", "yaml"], in: item, since: "exists", is: false) + relative(item)
        })

    private static let plainKeys = ["type", "mode", "owner", "group", "size", "sha256"]

    private let path: String
    private let exists: Bool
    private let matchers: [String: Matcher]
    private let contents: [(aspect: String, matcher: Matcher)]
    let probe: Probe
    let display: Command

    init(_ item: CheckItem) throws {
        path = try item.subjectText()
        exists = item.options["exists"]?.bool ?? true
        var matchers: [String: Matcher] = [:]
        for key in Self.plainKeys { matchers[key] = try item.matcher(key) }
        matchers["mode"] = matchers["mode"]?.mappingTexts(Self.fourDigits)
        matchers["sha256"] = matchers["sha256"]?.mappingTexts { $0.lowercased() }
        self.matchers = matchers
        contents = try Self.contents(item)
        let followsLinks = !(matchers["type"]?.names("symlink") ?? false)
        probe = item.probe(
            Self.script(path, followsLinks: followsLinks, sums: matchers["sha256"] != nil, reads: !contents.isEmpty), limit: contents.isEmpty ? 1 << 14 : Self.limit + (1 << 14))
        display = Command(["stat", path], user: item.user)
    }

    private static func contents(_ item: CheckItem) throws -> [(aspect: String, matcher: Matcher)] {
        var contents: [(aspect: String, matcher: Matcher)] = []
        if let document = item.options["contains"] {
            contents.append(("content", try Matcher.among(document)))
        }
        if let document = item.options["json"] { contents.append(("json", try Matcher.json(document))) }
        if let document = item.options["yaml"] { contents.append(("yaml", try Matcher.yaml(document))) }
        return contents
    }

    private static func relative(_ item: Document) -> [Diagnostic] {
        guard let document = item["file"], let path = document.text, !path.isEmpty, !path.hasPrefix("/"), !path.hasPrefix("${") else { return [] }
        return [Diagnostic(at: document.location, "'\(path)' is not an absolute path", hint: "write the path from / on")]
    }

    /// `644` and `0644` are the same mode; so are `5` and `0005`.
    private static func fourDigits(_ text: String) -> String {
        guard text.count < 4, !text.isEmpty, text.allSatisfy({ ("0"..."7").contains($0) }) else { return text }
        return String(repeating: "0", count: 4 - text.count) + text
    }

    /// Prints three lines (what `stat` says, the checksum, whether content follows), then the content.
    private static func script(_ path: String, followsLinks: Bool, sums: Bool, reads: Bool) -> String {
        """
        path=\(ShellQuoting.quote(path))
        facts=$(stat \(followsLinks ? "-L " : "")-c '%a|%U|%G|%s|%F' -- "$path" 2>&1) || case $facts in
          *"No such file or directory"* | *"Not a directory"*) echo absent; exit 0 ;;
          *) fail "$facts" ;;
        esac
        echo "$facts"
        sum=
        if \(sums) && [ -f "$path" ]; then sum=$(sha256sum <"$path") || exit \(Probe.unanswerable); fi
        echo "${sum%% *}"
        if \(reads) && [ -f "$path" ]; then echo content; head -c \(limit + 1) <"$path" || exit \(Probe.unanswerable); fi
        exit 0
        """
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        _ = try answer.builtInText()
        let lines = answer.output.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        let facts = String(decoding: lines.first ?? [], as: UTF8.self).split(separator: "|", maxSplits: 4).map(String.init)
        var judgement = Judgement()
        let isThere = facts.count == 5
        judgement.expect("exists", exists, observed: isThere)
        guard isThere, exists else { return judgement }
        judgement.expect("type", matchers["type"], .string(Self.types[facts[4]] ?? facts[4]))
        judgement.expect("mode", matchers["mode"], .string(Self.fourDigits(facts[0])))
        judgement.expect("owner", matchers["owner"], .string(facts[1]))
        judgement.expect("group", matchers["group"], .string(facts[2]))
        judgement.expect("size", matchers["size"], Int(facts[3]).map { .int($0) } ?? .null)
        try judgeContent(lines, of: Self.types[facts[4]] ?? facts[4], in: &judgement)
        return judgement
    }

    private func judgeContent(_ lines: [ArraySlice<UInt8>], of type: String, in judgement: inout Judgement) throws(Unanswered) {
        guard matchers["sha256"] != nil || !contents.isEmpty else { return }
        guard type == "file" else { return judgement.note("content", expected: "a file with content", observed: "a \(type)", holds: false) }
        judgement.expect("sha256", matchers["sha256"], .string(lines.count > 1 ? String(decoding: lines[1], as: UTF8.self) : ""))
        let content = lines.count > 3 ? lines[3] : []
        for (aspect, matcher) in contents {
            judgement.expect(aspect, matcher, .string(String(decoding: content.prefix(Self.limit), as: UTF8.self)))
        }
        if content.count > Self.limit, !contents.isEmpty {
            throw Unanswered("\(path) is larger than \(ByteSize.brief(Self.limit)), too large to look into", next: "use a command: with grep")
        }
    }

    /// stat's words in the C locale.
    private static let types = [
        "regular file": "file", "regular empty file": "file", "directory": "directory", "symbolic link": "symlink", "socket": "socket",
        "fifo": "fifo", "character special file": "character", "block special file": "block",
    ]
}
