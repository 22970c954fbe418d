import MatrixCore

/// `package`: a package of the distribution, by dpkg or rpm.
struct PackageCheck: KeyedCheck, ProbedCheck {
    static let declaration = declared(
        "package", "Asks the package manager about a package", example: "package: prometheus-node-exporter\nversion: \">=1.0\"\n")

    @Key() private var name: String
    @Key("Whether it is installed. Default: `true`", .presence) private var installed = true
    @Key(
        "The installed version; a bare text is compared as the package manager does, such as \">=1.30\"",
        examine: Matcher.versionProblems(in:), reader: Matcher.version)
    private var version: Matcher?
    var item = CheckItem.none

    var probe: Probe { item.probe(Self.script(for: name, item.order)) }

    var evidence: [EvidenceQuestion] { [.package(name)] }
    var display: Command {
        Command(item.order == .debian ? ["dpkg-query", "--status", name] : ["rpm", "--query", "--info", name], user: item.user)
    }

    /// Prints a line for each installed instance: `installed VERSION ARCHITECTURE`.
    private static func script(for name: String, _ order: VersionOrder) -> String {
        switch order {
        case .debian:
            """
            command -v dpkg-query >/dev/null || fail "the host has no dpkg-query"
            answer=$(dpkg-query --show --showformat '${db:Status-Status} ${Version} ${Architecture}\\n' -- \(ShellQuoting.quote(name)) 2>&1)
            case $?:$answer in
              0:*) echo "$answer" ;;
              *"no packages found matching"*) ;;
              *) fail "$answer" ;;
            esac
            """
        case .rpm:
            """
            command -v rpm >/dev/null || fail "the host has no rpm"
            answer=$(rpm --query --queryformat 'installed %{EPOCHNUM}:%{VERSION}-%{RELEASE} %{ARCH}\\n' -- \(ShellQuoting.quote(name)) 2>&1)
            case $?:$answer in
              0:*) echo "$answer" ;;
              *"is not installed"*) ;;
              *) fail "$answer" ;;
            esac
            """
        }
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let text = try answer.builtInText()
        let states = text.parts(at: "\n").map { $0.parts(at: " ").map(String.init) }
        // rpm spells a missing epoch as 0.
        let versions = states.filter { $0.first == "installed" && $0.count > 1 }.map { $0[1].trimmingPrefix("0:") }.map(String.init)
        let other = states.first { $0.first != "installed" && $0.first != "not-installed" }?.first
        var judgement = Judgement(order: item.order)
        let words = versions.isEmpty ? other : versions.joined(separator: ", ")
        judgement.expect("installed", installed, observed: !versions.isEmpty, as: words)
        guard let version, !versions.isEmpty else { return judgement }
        // Several versions can be installed together (kernels, architectures): one that matches is enough.
        let fitting = versions.first { version.fits($0, order: item.order) } ?? versions[0]
        judgement.expect("version", version, .printed(fitting))
        return judgement
    }
}
