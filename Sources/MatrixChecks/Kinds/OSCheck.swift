import MatrixCore

/// `os`: the host runs the cell's system. Finds wrong templates.
struct OSCheck: ProbedCheck {
    static let declaration = Declaration(
        kind: "os", subject: .object(ObjectShape("os", [])),
        summary: "Checks that the host runs the cell's system; always asked first, without an entry in the file",
        example: "os: {}\n")

    private let release: OperatingSystem.Release
    let probe: Probe
    let display: Command

    init(_ item: CheckItem) throws {
        release = item.os.release
        probe = item.probe(
            "cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release 2>/dev/null || fail 'the host has no /etc/os-release'")
        display = Command(["cat", "/etc/os-release"], user: item.user)
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let facts = OSRelease(try answer.builtInText())
        let (id, version) = (facts.id, facts.version)
        var judgement = Judgement()
        judgement.note("ID", expected: release.id, observed: id ?? "none", holds: id == release.id)
        guard !release.version.isEmpty else { return judgement }
        let fits = version.map { $0 == release.version || $0.hasPrefix("\(release.version).") } ?? false
        judgement.note("VERSION_ID", expected: release.version, observed: version ?? "none", holds: fits)
        return judgement
    }
}
