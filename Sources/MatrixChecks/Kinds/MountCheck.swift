import MatrixCore

/// `mount`: something that is mounted.
struct MountCheck: ProbedCheck {
    static let declaration = Declaration(
        kind: "mount", subject: .text,
        keys: [
            KeyShape("mounted", .boolean, "Whether something is mounted there; true where it is not said"),
            KeyShape("filesystem", .matcher, "Its type, such as ext4"),
            KeyShape("source", .matcher, "The device or whatever else is mounted"),
            KeyShape("options", .matcher, "Its options; bare ones must be among them"),
            KeyShape("usage", .matcher, "How full it is, in percent as df counts"),
        ],
        summary: "Asks about a mount point",
        example: "mount: /var/lib/influxdb\nfilesystem: { one_of: [ext4, xfs] }\noptions: [rw, noexec]\nusage: { lt: 90 }\n",
        examine: { item in
            Examination.name("mount", in: item) + Examination.matchers(keys, in: item)
                + Examination.pointless(keys, in: item, since: "mounted", is: false) + relative(item)
        })

    private static let keys = ["filesystem", "source", "options", "usage"]

    private let path: String
    private let mounted: Bool
    private let matchers: [String: Matcher]
    private let options: Matcher?
    let probe: Probe
    let display: Command

    init(_ item: CheckItem) throws {
        let text = try item.subjectText()
        path = text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
        mounted = item.options["mounted"]?.bool ?? true
        matchers = try ["filesystem", "source", "usage"].reduce(into: [:]) { $0[$1] = try item.matcher($1) }
        options = try item.listMatcher("options")
        probe = item.probe(
            """
            [ -r /proc/self/mountinfo ] || fail "the host has no /proc/self/mountinfo"
            \(matchers["usage"] == nil ? ":" : "echo \"usage=$(df -P -- \(ShellQuoting.quote(path)) 2>/dev/null | { read -r header; read -r line; echo \"$line\"; })\"")
            cat /proc/self/mountinfo
            """, limit: 1 << 20)
        display = Command(["findmnt", path], user: item.user)
    }

    @Sendable private static func relative(_ item: Document) -> [Diagnostic] {
        guard let document = item["mount"], let path = document.text, !path.isEmpty, !path.hasPrefix("/"), !path.hasPrefix("${") else { return [] }
        return [Diagnostic(at: document.location, "'\(path)' is not an absolute path", hint: "write the path from / on")]
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let text = try answer.builtInText()
        // What was mounted last hides what was there before.
        let mount = MountTable(text).mounts.last { $0.path == path }
        var judgement = Judgement()
        judgement.expect("mounted", mounted, observed: mount != nil, as: mount.map { "\($0.source), \($0.filesystem)" })
        guard let mount, mounted else { return judgement }
        judgement.expect("filesystem", matchers["filesystem"], .string(mount.filesystem))
        judgement.expect("source", matchers["source"], .string(mount.source))
        judgement.expect("options", options, .list(mount.options.map { .string($0) }))
        guard let usage = matchers["usage"] else { return judgement }
        guard let percent = KeyedLines(text)["usage"]?.split(separator: " ").first(where: { $0.hasSuffix("%") }).flatMap({ Int($0.dropLast()) }) else {
            return judgement.noting("usage", expected: usage.words, observed: "df does not know how full it is")
        }
        judgement.expect("usage", usage, .int(percent))
        return judgement
    }
}
