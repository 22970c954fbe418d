import MatrixCore

/// `mount`: something that is mounted.
struct MountCheck: KeyedCheck, ProbedCheck {
    static let declaration = declared(
        "mount", "Checks a mount point",
        example: "mount: /var/lib/influxdb\nfilesystem: { one_of: [ext4, xfs] }\noptions: [rw, noexec]\nusage: { lt: 90 }\n")

    @Key(subject: Examination.path) private var path: String
    @Key("Whether something is mounted there. Default: `true`", .presence) private var mounted = true
    @Key("Its type, such as ext4") private var filesystem: Matcher?
    @Key("The device, or another source, that is mounted") private var source: Matcher?
    @Key("Its options; bare values must be among them", reader: Matcher.among) private var options: Matcher?
    @Key("How full it is, in percent as df counts") private var usage: Matcher?
    var item = CheckItem.none

    var probe: Probe {
        let full = "echo \"usage=$(df -P -- \(ShellQuoting.quote(place)) 2>/dev/null | { read -r header; read -r line; echo \"$line\"; })\""
        return item.probe(
            """
            [ -r /proc/self/mountinfo ] || fail "the host has no /proc/self/mountinfo"
            \(usage == nil ? ":" : full)
            cat /proc/self/mountinfo
            """, limit: 1 << 20)
    }

    var evidence: [EvidenceQuestion] { [.mounts(place)] }
    var display: Command { Command(["findmnt", place], user: item.user) }

    /// The path without a slash at its end.
    private var place: String { path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let text = try answer.builtInText()
        // The last mount hides earlier ones at the same place.
        let mounts = MountTable(text).mounts
        guard !mounts.isEmpty else { throw Unanswered("/proc/self/mountinfo names no mounts") }
        let mount = mounts.last { $0.path.isSame(as: place) }
        var judgement = Judgement()
        judgement.expect("mounted", mounted, observed: mount != nil, as: mount.map { "\($0.source), \($0.filesystem)" })
        guard let mount, mounted else { return judgement }
        judgement.expect("filesystem", filesystem, .printed(mount.filesystem))
        judgement.expect("source", source, .printed(mount.source))
        judgement.expect("options", options, .list(mount.options.map { .printed($0) }))
        guard let usage else { return judgement }
        guard
            let percent = KeyedLines(text)["usage"]?.split(separator: " ").first(where: { $0.hasSuffix("%") }).flatMap({
                Int($0.dropLast())
            })
        else {
            return judgement.noting("usage", expected: usage.words, observed: "df does not know how full it is")
        }
        judgement.expect("usage", usage, .int(percent))
        return judgement
    }
}
