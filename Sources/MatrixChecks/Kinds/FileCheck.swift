import MatrixCore

/// `file`: a path of the host.
///
/// The check follows symbolic links. If `type` names `symlink`, it looks at the link itself.
struct FileCheck: KeyedCheck, ProbedCheck {
    /// How many bytes of a file's content are searched.
    static let limit = 4 << 20

    static let declaration = declared(
        "file", "Checks a file, a folder or anything else at a path",
        example: "file: /etc/prometheus/prometheus.yml\nmode: \"0644\"\nowner: root\ncontains: scrape_configs\n")

    @Key(subject: Examination.path) private var path: String
    @Key("Whether the path exists. Default: `true`", .presence) private var exists = true
    @Key("file, directory, symlink, socket, fifo, character or block; symlink checks the link itself") private var type: Matcher?
    @Key(
        "The permissions in octal, such as \"0644\"", examine: { Matcher.problems(in: $0) + modeProblems($0) },
        reader: { try Matcher($0).mappingTexts(fourDigits) })
    private var mode: Matcher?
    @Key("The owner's name; a number is compared with the number of the account") private var owner: Matcher?
    @Key("The group's name; a number is compared with the number of the group") private var group: Matcher?
    @Key("The size in bytes; gt, ge, lt and le also accept sizes such as 10MiB") private var size: Matcher?
    @Key("The SHA-256 of the content in hexadecimal", reader: { try Matcher($0).mappingTexts { $0.lowercased() } }) private var sha256:
        Matcher?
    @Key("The content: it must contain this text, or every text of a list", reader: Matcher.among) private var contains: Matcher?
    @Key("The content as JSON: dotted paths with what must be there", paths: Matcher.json) private var json: Matcher?
    @Key("The content as YAML: dotted paths with what must be there", paths: Matcher.yaml) private var yaml: Matcher?
    var item = CheckItem.none

    var probe: Probe {
        let reads = contains != nil || json != nil || yaml != nil
        let script = Self.script(path, followsLinks: !(type?.names("symlink") ?? false), sums: sha256 != nil, reads: reads)
        return item.probe(script, limit: reads ? Self.limit + (1 << 14) : 1 << 14)
    }

    var evidence: [EvidenceQuestion] { [.attributes(of: path)] + (contains ?? json ?? yaml ?? sha256 == nil ? [] : [.beginning(of: path)]) }
    /// What shows the aspects that are asked for: the content, its sum, what `stat` says.
    var display: Command {
        let file = ["--", path]
        let isLink = type?.names("symlink") ?? false
        var parts: [[String]] = []
        if sha256 != nil { parts.append(["sha256sum"] + file) }
        if contains != nil || json != nil || yaml != nil { parts.append(["cat"] + file) }
        let asksMore = [type, mode, owner, group, size].contains { $0 != nil }
        if parts.isEmpty || asksMore { parts.insert(["stat"] + (isLink ? [] : ["-L"]) + file, at: 0) }
        return parts.count == 1
            ? Command(parts[0], user: item.user)
            : Command(["sh", "-c", parts.map(ShellQuoting.join).joined(separator: "; ")], user: item.user)
    }

    /// `644` and `0644` are the same mode; so are `5` and `0005`.
    private static func fourDigits(_ text: String) -> String {
        guard text.count < 4, !text.isEmpty, text.allSatisfy({ ("0"..."7").contains($0) }) else { return text }
        return String(repeating: "0", count: 4 - text.count) + text
    }

    /// Modes that no file can have: a check of one would never pass.
    @Sendable private static func modeProblems(_ document: Document) -> [Diagnostic] {
        switch document.content {
        case .null: []
        case .scalar(let text, _):
            text.contains("${") || text.wholeMatch(of: /[0-7]{1,4}/) != nil
                ? []
                : [
                    Diagnostic(
                        at: document.location, "no file has the mode `\(text)`",
                        hint: "write at most four octal digits (0 to 7), such as \"0644\"")
                ]
        case .list(let elements): elements.flatMap(modeProblems)
        case .map(let members):
            members.filter { ["one_of", "not", "all", "any"].contains($0.key) }.flatMap { modeProblems($0.value) }
        }
    }

    /// Prints three lines (what `stat` says, the checksum, whether content follows), then the content.
    private static func script(_ path: String, followsLinks: Bool, sums: Bool, reads: Bool) -> String {
        """
        path=\(ShellQuoting.quote(path))
        facts=$(stat \(followsLinks ? "-L " : "")-c '%a|%U|%G|%s|%F|%u|%g' -- "$path" 2>&1) || case $facts in
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
        let facts = String(decoding: lines.first ?? [], as: UTF8.self).parts(at: "|", maxSplits: 6).map(String.init)
        var judgement = Judgement()
        let isThere = facts.count >= 5
        judgement.expect("exists", exists, observed: isThere)
        guard isThere, exists else { return judgement }
        judgement.expect("type", type, .printed(Self.types[facts[4]] ?? facts[4]))
        judgement.expect("mode", mode, .printed(Self.fourDigits(facts[0])))
        let ids = facts.count == 7 ? (facts[5], facts[6]) : (facts[1], facts[2])
        judgement.expect("owner", owner, Self.account(facts[1], number: ids.0, owner))
        judgement.expect("group", group, Self.account(facts[2], number: ids.1, group))
        judgement.expect("size", size, Int(facts[3]).map { .int($0) } ?? .null)
        judgeContent(lines, of: Self.types[facts[4]] ?? facts[4], in: &judgement)
        return judgement
    }

    /// An account by its name, or by its number if the file asks for a number, or if the host has no name for it.
    private static func account(_ name: String, number: String, _ matcher: Matcher?) -> HostValue {
        let asksForNumber = matcher.map { $0.names(number) || $0.verdict(on: .printed(name), order: .debian) == .inapplicable } ?? false
        return .printed(name == "UNKNOWN" || asksForNumber ? number : name)
    }

    private func judgeContent(_ lines: [ArraySlice<UInt8>], of type: String, in judgement: inout Judgement) {
        let contents = [("content", contains), ("json", json), ("yaml", yaml)].filter { $0.1 != nil }
        guard sha256 != nil || !contents.isEmpty else { return }
        guard type == "file" else { return judgement.note("content", expected: "a file with content", observed: "a \(type)", holds: false) }
        judgement.expect("sha256", sha256, .printed(lines.count > 1 ? String(decoding: lines[1], as: UTF8.self) : ""))
        let content = lines.count > 3 ? lines[3] : []
        let text = String(decoding: content.prefix(Self.limit), as: UTF8.self)
        for (aspect, matcher) in contents {
            judgement.expect(aspect, matcher, content.count > Self.limit ? .beginning(text, Self.limit) : .printed(text))
        }
    }

    /// stat's words in the C locale.
    private static let types = [
        "regular file": "file", "regular empty file": "file", "directory": "directory", "symbolic link": "symlink", "socket": "socket",
        "fifo": "fifo", "character special file": "character", "block special file": "block",
    ]
}
