internal import Crypto
internal import MatrixCore

/// What a base image needs so that its containers are hosts: systemd, sshd, sudo, python3.
///
/// The image's tag is a digest of the recipe and the base image: a change of either makes a new image.
struct ImageRecipe: Sendable, Hashable {
    let system: OperatingSystem
    let extraPackages: [String]
    let apt: AptConfiguration

    /// How the image's containers are started; systemd halts on that signal.
    static let changes = ["CMD [\"/sbin/init\"]", "ENTRYPOINT []", "STOPSIGNAL SIGRTMIN+3", "USER root", "WORKDIR /"]

    /// The name of the image that this recipe makes of a base: `localhost/solti-matrix/debian12:0123456789ab`.
    func tag(onto base: String) -> String { Self.tag(system.name, [base, script] + Self.changes) }

    /// The name of the bootstrapped base image, which holds only the distribution's packages.
    func baseTag(suite: String) -> String { Self.tag("\(system.name)-base", [suite, "minbase"] + apt.sources(for: suite) + apt.options) }

    private static func tag(_ name: String, _ parts: [String]) -> String {
        let digest = SHA256.hash(data: Array(parts.joined(separator: "\u{0}").utf8))
        return "localhost/solti-matrix/\(name):\(digest.prefix(6).hexadecimal)"
    }

    /// The shell script that turns the base image into a host, run as root in a container of it.
    var script: String {
        [Self.prologue, install, Self.identity, Self.access, Self.boot, Self.units, Self.epilogue].joined(separator: "\n") + "\n"
    }

    /// The packages that Ansible, the checks and people on a host rely on.
    private var packages: [String] {
        let common = ["systemd", "openssh-server", "sudo", "python3", "ca-certificates"]
        switch system.packageManager {
        case .apt:
            return common + ["systemd-sysv", "dbus", "libpam-systemd", "python3-apt", "iproute2", "procps", "netbase", "hostname"]
                + extraPackages
        case .dnf:
            return common + ["openssh-clients", "dbus", "iproute", "procps-ng", "hostname", "passwd", "util-linux", "findutils", "tar"]
                + extraPackages
        }
    }

    private var install: String {
        switch system.packageManager {
        case .apt: aptInstall
        case .dnf: dnfInstall
        }
    }

    private var quotedPackages: String { packages.map(ShellQuoting.quote).joined(separator: " ") }

    /// Images for containers forbid services to start and throw away apt's caches; hosts do neither.
    private var aptInstall: String {
        let sources = system.debianSuite.map { apt.sources(for: $0) } ?? []
        return """
            export DEBIAN_FRONTEND=noninteractive
            rm -f /usr/sbin/policy-rc.d /etc/apt/apt.conf.d/docker-clean /etc/apt/apt.conf.d/docker-no-languages
            rm -f /etc/apt/apt.conf.d/docker-gzip-indexes /etc/apt/apt.conf.d/docker-autoremove-suggests
            \(aptSettings)
            \(Self.sourcesScript(sources))
            apt-get -q update
            apt-get -q -y --no-install-recommends install \(quotedPackages)
            apt-get clean
            rm -rf /var/lib/apt/lists/*
            """
    }

    private var aptSettings: String {
        guard !apt.options.isEmpty else { return ":" }
        return "printf '%s\\n' \(apt.options.map(ShellQuoting.quote).joined(separator: " ")) > /etc/apt/apt.conf.d/90runner"
    }

    private static func sourcesScript(_ lines: [String]) -> String {
        guard let mirror = lines.first?.split(separator: " ").dropFirst().first.map(String.init) else { return ":" }
        return """
            if ! grep -rqsF -- \(ShellQuoting.quote(mirror)) /etc/apt/sources.list /etc/apt/sources.list.d; then
                rm -f /etc/apt/sources.list.d/debian.sources
                printf '%s\\n' \(lines.map(ShellQuoting.quote).joined(separator: " ")) > /etc/apt/sources.list
            fi
            """
    }

    private var dnfInstall: String {
        """
        dnf -y --setopt=install_weak_deps=False --setopt=tsflags= install \(quotedPackages)
        dnf clean all
        """
    }

    /// The shell reads the script from standard input: it must have all of it before a package's script can read there.
    private static let prologue = "{\nset -eu\numask 022"
    private static let epilogue = "exit 0\n} < /dev/null"

    /// Every container makes its keys and its machine id when it boots. If Podman was started in a login session, the
    /// container's login id is already set, and pam_loginuid refuses every SSH login.
    private static let identity = """
        rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub /var/lib/dbus/machine-id /run/nologin
        : > /etc/machine-id
        ln -sf /etc/machine-id /var/lib/dbus/machine-id 2>/dev/null || true
        sed -i --follow-symlinks 's/^\\(session[[:space:]]*\\)required\\([[:space:]]*pam_loginuid\\.so\\)/\\1optional\\2/' /etc/pam.d/*
        printf '127.0.0.1 localhost\\n::1 localhost ip6-localhost ip6-loopback\\n' > /etc/hosts
        """

    private static let access = """
        mkdir -p /etc/ssh/sshd_config.d /root/.ssh
        chmod 700 /root/.ssh
        cat > /etc/ssh/sshd_config.d/01-matrix.conf <<'EOF'
        PermitRootLogin prohibit-password
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        UseDNS no
        MaxStartups 100:30:200
        MaxSessions 100
        EOF
        """

    /// Podman mounts /etc/hostname, so that nothing can rename it (EBUSY); a regular file replaces it.
    private static let boot = """
        mkdir -p /usr/local/lib/matrix
        cat > /usr/local/lib/matrix/boot <<'EOF'
        #!/bin/sh
        given=$(cat /etc/hostname)
        umount /etc/hostname 2>/dev/null || true
        if [ ! -e /var/lib/matrix/booted ]; then
            printf '%s\\n' "$given" > /etc/hostname
            mkdir -p /var/lib/matrix
            : > /var/lib/matrix/booted
        fi
        hostname "$(cat /etc/hostname)"
        # No RSA key: making one takes longer than the rest of the boot.
        for kind in ed25519 ecdsa; do
            [ -e "/etc/ssh/ssh_host_${kind}_key" ] || ssh-keygen -q -t "$kind" -N '' -f "/etc/ssh/ssh_host_${kind}_key"
        done
        EOF
        chmod 755 /usr/local/lib/matrix/boot
        cat > /etc/systemd/system/matrix-boot.service <<'EOF'
        [Unit]
        Description=Make this container a separate host
        DefaultDependencies=no
        After=local-fs.target
        Before=basic.target ssh.service sshd.service

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/usr/local/lib/matrix/boot

        [Install]
        WantedBy=basic.target
        EOF
        """

    /// Units that need their own kernel or console, and timers that would hold the package manager's lock during a test.
    private static let units = """
        systemctl mask systemd-udevd.service systemd-udevd-kernel.socket systemd-udevd-control.socket systemd-udev-trigger.service \\
            systemd-modules-load.service systemd-firstboot.service systemd-networkd.service systemd-networkd-wait-online.service \\
            systemd-resolved.service sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount sys-fs-fuse-connections.mount \\
            getty.target console-getty.service getty@tty1.service \\
            apt-daily.timer apt-daily-upgrade.timer dnf-makecache.timer dnf-automatic.timer
        systemctl disable ssh.socket 2>/dev/null || true
        systemctl enable matrix-boot.service
        systemctl enable ssh.service 2>/dev/null || systemctl enable sshd.service
        systemctl set-default multi-user.target 2>/dev/null
        """
}
