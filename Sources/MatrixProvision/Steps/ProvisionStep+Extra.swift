internal import MatrixCore

extension ProvisionStep {
    /// A script of the matrix file, as root; with its own interpreter if it begins with `#!`.
    static func extra(_ text: String, number: Int, of count: Int) -> ProvisionStep {
        ProvisionStep(
            title: count == 1 ? "extra script" : "extra script \(number)", type: .provisionRun,
            body: """
                printf '%s' \(ShellQuoting.quote(text)) >"$tmp/script"
                chmod 700 "$tmp/script"
                state=ran
                \(text.hasPrefix("#!") ? #""$tmp/script""# : #"(cd / && sh "$tmp/script")"#) </dev/null ||
                  fail "it ended with exit status $?"
                """,
            inspection: ["sh", "-c", text], hint: "correct it in provision.run")
    }

    /// What reports show of a host.
    static func facts(packages: [String], _ manager: OperatingSystem.PackageManager) -> ProvisionStep {
        let names = packages.filter { !$0.hasPrefix("@") }.map { String($0.prefix { $0 != "=" }) }
        let version = manager == .apt ? #"dpkg-query -W -f '${Version}\n' "$p""# : #"rpm -q --qf '%{VERSION}-%{RELEASE}\n' "$p""#
        let loop = """
            set -- \(ShellQuoting.join(names))
            for p do
            v=$(\(version) 2>/dev/null) && fact "packages.$p" "$(echo "$v" | head -n 1)"
            done
            """
        return ProvisionStep(
            title: "facts", type: .provisionFacts,
            body: """
                \(factsBody)
                \(names.isEmpty ? "" : loop)
                """,
            inspection: ["cat", "/etc/os-release"])
    }

    private static let factsBody = #"""
        # shellcheck disable=SC1091 # is the host's
        release() { (. /etc/os-release && eval "printf '%s' \"\${$1:-}\""); }
        fact os.name "$(release PRETTY_NAME)"
        fact os.id "$(release ID)"
        fact os.version "$(release VERSION_ID)"
        fact kernel "$(uname -r)"
        fact arch "$(uname -m)"
        """#
}
