import MatrixCore

/// What this machine is: its system, and the versions of the programs that `matrix` uses.
struct HostReport {
    let runner: any Transport
    /// The folder of the Ansible programs, if it is not one of the `PATH`.
    let ansible: String?

    /// A section for each question; a program that is not there says so.
    func text() async -> String {
        let result = try? await runner.run(.script(Self.script, arguments: [ansible ?? ""], timeout: .seconds(180)))
        return result.map { PlainText.clean($0.standardOutput) } ?? "sh cannot be run"
    }

    private static let script = """
        [ -z "$1" ] || PATH=$1:$PATH
        ask() {
            printf '\\n== %s\\n' "$*"
            if command -v "$1" >/dev/null; then timeout 30 "$@" 2>&1 | head -n 150; else echo 'not installed'; fi
        }
        ask uname -a
        ask cat /etc/os-release
        ask id
        ask nproc
        ask head -n 3 /proc/meminfo
        ask df -h . /tmp
        ask cat /sys/fs/cgroup/cgroup.controllers
        ask systemd-detect-virt
        ask date
        ask locale
        ask ssh -V
        ask git --version
        ask tar --version
        ask python3 --version
        ask podman version
        ask podman info
        ask ansible-playbook --version
        ask ansible-galaxy collection list
        ask kubectl version --client
        """
}
