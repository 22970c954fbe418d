internal import MatrixCore

extension OperatingSystem.PackageManager {
    /// Updates the package cache if that is asked for or needed, and installs the missing packages, in one call.
    func steps(installing packages: [String], updatingCache: Bool) -> [ProvisionStep] {
        var steps = updatingCache || !packages.isEmpty ? [cacheStep(packages, always: updatingCache)] : []
        if !packages.isEmpty { steps.append(installStep(packages)) }
        return steps
    }

    private func cacheStep(_ packages: [String], always: Bool) -> ProvisionStep {
        ProvisionStep(
            title: "package cache", type: .provisionCache,
            body: """
                \(self == .apt ? Self.aptFunctions : Self.dnfFunctions)
                wanted() { \(ShellQuoting.join(["printf", "%s\\n"] + packages)); }
                if \(always ? "true" : "needs_cache"); then
                before=$(cache_state)
                update_cache || fail "$(grep -E '^(E:|Error|error)' "$tmp/output" | head -n 1)"
                [ "$(cache_state)" = "$before" ] || changed
                fi
                """,
            inspection: self == .apt ? ["apt-get", "update"] : ["dnf", "makecache"],
            hint: "check that the host reaches its package mirror (DNS, proxy, time)")
    }

    private func installStep(_ packages: [String]) -> ProvisionStep {
        let install = self == .apt ? ["apt-get", "install", "-y"] : ["dnf", "-y", "install"]
        return ProvisionStep(
            title: "installing packages", type: .provisionPackages,
            body: """
                set -- \(ShellQuoting.join(packages))
                \(Self.installBody)
                """,
            inspection: install + packages,
            hint: self == .apt
                ? "check the names with apt-cache policy; update_cache: true fetches new lists"
                : "check the names with dnf list; packages of EPEL need epel-release in the image: matrix does not enable EPEL")
    }

    /// Virtual packages and groups cannot be queried: the list of installed packages shows whether something changed.
    private static let installBody = #"""
        missing=
        for p do is_installed "$p" || missing="$missing $p"; done
        if [ -n "$missing" ]; then
          before=$(installed_state)
          # shellcheck disable=SC2086 # names hold no blanks
          install_packages $missing || fail "$(grep -E '^(E:|Error|No match|Unable|error)' "$tmp/output" | head -n 1)"
          [ "$(installed_state)" = "$before" ] || changed
        fi
        """#

    private static let aptFunctions = #"""
        is_installed() {
          case $1 in
            *=*) [ "$(dpkg-query -W -f '${db:Status-Status}=${Version}' "${1%%=*}" 2>/dev/null)" = "installed=${1#*=}" ] ;;
            *) [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | head -n 1)" = installed ] ;;
          esac
        }
        needs_cache() {
          [ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' 2>/dev/null | head -n 1)" ] || return 1
          for p in $(wanted); do is_installed "$p" || return 0; done
          return 1
        }
        cache_state() { find /var/lib/apt/lists -maxdepth 1 -type f ! -name lock -exec cksum {} + 2>/dev/null | sort | cksum; }
        installed_state() { dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' | cksum; }
        apt() { patiently apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@"; }
        update_cache() { apt -o APT::Update::Error-Mode=any update; }
        install_packages() {
          # A half-done installation of a killed run blocks apt.
          if [ -n "$(ls -A /var/lib/dpkg/updates 2>/dev/null)" ]; then show dpkg --configure -a || return 1; fi
          apt -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install "$@"
        }
        """#

    private static let dnfFunctions = #"""
        is_installed() {
          case $1 in
            @*) return 1 ;;
            *) rpm -q "$1" >/dev/null 2>&1 || rpm -q --whatprovides "$1" >/dev/null 2>&1 ;;
          esac
        }
        needs_cache() { return 1; }
        cache_state() { cat /var/cache/dnf/*/repodata/repomd.xml /var/cache/libdnf5/*/repodata/repomd.xml 2>/dev/null | cksum; }
        installed_state() { rpm -qa | sort | cksum; }
        update_cache() { patiently dnf -y --refresh makecache; }
        install_packages() { patiently dnf -y install "$@"; }
        """#
}
