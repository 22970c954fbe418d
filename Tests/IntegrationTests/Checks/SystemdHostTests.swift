import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixChecks
@testable import MatrixChecksTests

/// A real host: systemd and OpenSSH in a container.
@Suite(.requires(.podman, .ssh)) struct SystemdHostTests {
    static let setup = """
        set -e
        unit() { printf '[Service]\\nExecStart=%s\\n[Install]\\nWantedBy=multi-user.target\\n' "$2" >/etc/systemd/system/$1.service; }
        unit app '/bin/sleep infinity'
        unit store '/usr/bin/python3 /usr/local/lib/store.py'
        printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nSyslogIdentifier=talker\\nExecStart=/bin/echo <3>out of ink\\n' \
        >/etc/systemd/system/talker.service
        cat >/usr/local/lib/store.py <<'EOF'
        import http.server, json, urllib.parse
        kept = []
        class Handler(http.server.BaseHTTPRequestHandler):
            def reply(self, value):
                data = json.dumps(value).encode(); self.send_response(200); self.send_header("Content-Length", str(len(data))); \
        self.end_headers(); self.wfile.write(data)
            def do_POST(self): kept.append(self.rfile.read(int(self.headers["Content-Length"])).decode()); self.reply({})
            def do_GET(self): text = urllib.parse.unquote(self.path.partition("?")[2]); self.reply({"status": "pass", "found": \
        [k for k in kept if text in k]})
            def log_message(self, *a): pass
        http.server.ThreadingHTTPServer(("127.0.0.1", 8086), Handler).serve_forever()
        EOF
        systemctl daemon-reload; systemctl enable -q app store; systemctl start app store talker
        for i in $(seq 100); do journalctl -q -t talker | grep -q ink && break; sleep 0.1; done
        groupadd -g 4242 crew; useradd -u 4242 -g crew -m -s /bin/bash -G users captain
        printf 'one\\ntwo\\n' >/etc/app.conf; chmod 640 /etc/app.conf; chown root:crew /etc/app.conf; ln -sf app.conf /etc/app.link
        printf 'kind: App\\nports: [80, 443]\\n' >/etc/app.yml; printf 'kernel.ostype = Linux\\n' >/etc/sysctl.d/app.conf
        printf '#!/bin/sh\\necho 1..2; echo ok 1 - disk; echo ok 2 - network\\n' >/usr/local/bin/smoke; chmod 755 /usr/local/bin/smoke
        printf 'Defaults !lecture\\n' >/etc/sudoers.tmp; mkdir -p /etc/sudoers.d; mv /etc/sudoers.tmp /etc/sudoers.d/app; \
        chmod 440 /etc/sudoers.d/app
        for i in $(seq 100); do curl -fs http://127.0.0.1:8086/ >/dev/null && exit 0; sleep 0.1; done; exit 1
        """

    /// One of each kind, ten times over, each a little different.
    private static func mixed(_ number: Int) -> [String] {
        [
            "service: app", "package: systemd\nversion: \">=\(number)\"", "port: 8086\naddress: 127.0.0.1\nprocess: { contains: python }",
            "http: http://localhost:8086/?\(number)\njson: { status: pass }", "command: echo \(number)\nstdout: \(number)",
            "file: /etc/app.conf\nmode: \"0640\"\ngroup: crew\ncontains: two",
            "file: /etc/app.yml\nyaml: { ports.1: 443 }", "process: sleep\ncount: { ge: 1 }",
            "user: captain\nuid: 4242\ngroups: { contains: users }", "group: crew\ngid: 4242",
            "mount: /proc\nfilesystem: proc\noptions: [nosuid]", "sysctl: kernel.ostype\nvalue: Linux",
            "interface: lo\nup: true\naddresses: [127.0.0.1/8]",
            "dns: localhost\naddresses: { contains: { one_of: [127.0.0.1, \"::1\"] } }", "addr: 127.0.0.1:8086",
            "addr: 127.0.0.1:\(number + 1)\nreachable: false",
            "journal: app", "journal: talker\nignore: [\"^out of ink$\"]",
            "query: http://localhost:8086/find?{marker}\nwrite: curl -fsS -d {marker} http://localhost:8086/add",
            "script: /usr/local/bin/smoke",
        ]
    }

    @Test func twoHundredMixedChecksAreTwoRoundTrips() async throws {
        try await ContainerHost.overSSH(Self.setup) { _, transport in
            let checks = (0..<10).flatMap(Self.mixed)
            var steps = try checks.enumerated().map { try Samples.step("check \($0.offset)", $0.element) }
            #expect(steps.count == 200)
            let results = try await Samples.verify(steps, over: transport)
            #expect(transport.commandCount == 2)
            #expect(transport.forwardCount == 1)
            for step in steps {
                let result = try #require(results.first { $0.name == step.name })
                #expect(result.outcome == .passed, "\(step.options[step.kind]?.value.text ?? "")\n\(result.detail ?? "")")
            }
            // The ten scripts bring two cases each.
            #expect(results.count == 220)
            // What the talker said is there, and counts unless it is ignored.
            steps = [
                try Samples.step("talker", "journal: talker"), try Samples.step("unknown", "journal: no-such-unit"),
                try Samples.step("all", "journal: all\npriority: emerg"),
            ]
            let messages = try await Samples.verify(steps, over: transport)
            #expect(messages.map(\.outcome) == [.failed, .failed, .passed])
            #expect(messages[0].message == "messages: expected at most 0 of priority err or worse, observed 1: talker.service: out of ink")
            #expect(messages[1].message == "unit: expected a unit named no-such-unit, observed systemd knows no such unit")
        }
    }

    /// Only what came since the deploy began counts.
    @Test func journalsBeginWithTheDeploy() async throws {
        try await ContainerHost.overSSH(Self.setup) { _, transport in
            let step = try Samples.step("talker", "journal: talker")
            var cell = Samples.cell(verify: [step])
            cell.deploy = [StepPlan(name: "x", kind: "shell", options: step.options)]
            var context = Samples.context(cell, transports: [transport])
            context.deployStarted = Timestamp.now + .seconds(-600)
            let before = try await CheckRunner().verify([step], in: context) { _ in }
            #expect(before.map(\.outcome) == [.failed])
            // The journal is asked by whole seconds.
            let isPast = try await eventually {
                context.deployStarted = .now
                return try await CheckRunner().verify([step], in: context) { _ in }.map(\.outcome) == [.passed]
            }
            #expect(isPast)
            try await transport.require(Command(["systemctl", "restart", "talker"]), "no restart")
            let polling = try Samples.step("talker", "journal: talker\nmax: 5", modifiers: CheckModifiers(within: .seconds(60)))
            #expect(try await CheckRunner().verify([polling], in: context) { _ in }.map(\.outcome) == [.passed])
        }
    }

    /// What people break in life: a stopped service, a taken port, another version of a package, a changed file.
    @Test func failedChecksShowWhyAndCostOneRoundTrip() async throws {
        try await ContainerHost.overSSH(Self.setup) { _, transport in
            let life = """
                systemctl stop app store
                echo three >/etc/app.conf; chmod 600 /etc/app.yml
                nohup python3 -m http.server 8086 >/dev/null 2>&1 &
                for i in $(seq 100); do grep -q ':1F96 ' /proc/net/tcp && exit 0; sleep 0.1; done; exit 1
                """
            try await transport.require(Command(["sh", "-c", ShellQuoting.quote(life)]), "nothing broke")
            let steps = [
                "service: app", "port: 8086\nprocess: store", "package: systemd\nversion: \"<1\"", "file: /etc/app.conf\ncontains: two",
                "file: /etc/app.yml\nyaml: { kind: Other }", "service: ssh", "sysctl: kernel.ostype\nvalue: Minix",
            ]
            let checks = try steps.map { try Samples.step($0, $0) }
            let context = Samples.context(Samples.cell(verify: checks), transports: [transport])
            let before = transport.commandCount
            let results = try await CheckRunner(evidence: .standard).verify(checks, in: context) { _ in }
            #expect(transport.commandCount - before == 2)
            func evidence(_ index: Int, _ title: String) -> String {
                results[index].evidence?.first { $0.title.hasPrefix(title) }?.text ?? "nothing of \(title)"
            }
            #expect(results.map(\.outcome) == [.failed, .failed, .failed, .failed, .failed, .passed, .failed])
            #expect(evidence(0, "systemctl status app").contains("inactive (dead)"), "\(evidence(0, "systemctl status app"))")
            #expect(evidence(0, "journal of app").contains("Stopped app.service"), "\(evidence(0, "journal of app"))")
            #expect(evidence(1, "what listens on tcp").contains(":8086  python3"), "\(evidence(1, "what listens on tcp"))")
            #expect(evidence(2, "package systemd").contains("ii ") && evidence(2, "package systemd").contains("Installed:"))
            #expect(evidence(3, "/etc/app.conf").contains("root crew"))
            #expect(evidence(3, "first lines of /etc/app.conf").contains("not shown"))
            #expect(evidence(4, "first lines of /etc/app.yml").contains("not shown"))
            #expect(results[5].evidence == nil)
            #expect(evidence(6, "who sets kernel.ostype") == "/etc/sysctl.d/app.conf:kernel.ostype = Linux")
            #expect(results[0].evidence?.contains { $0.title == "disks" } == false)
            let silent = try await CheckRunner(evidence: .off).verify(checks, in: context) { _ in }
            #expect(silent.allSatisfy { $0.evidence == nil })
            let full = try await CheckRunner(evidence: .full).verify([checks[0]], in: context) { _ in }
            #expect(full[0].evidence?.contains { $0.title == "disks" && $0.text.contains("Mounted on") } == true)
        }
    }

    /// An empty answer of a journal that lost its past decides nothing.
    @Test func aJournalThatWasEmptiedIsNoVerdict() async throws {
        try await ContainerHost.overSSH(Self.setup) { host, transport in
            let steps = [
                try Samples.step("window", "journal: talker\nsince: 10m"), try Samples.step("boot", "journal: talker"),
                try Samples.step("allowed", "journal: talker\nsince: 10m\ngap: allow"),
            ]
            #expect(try await Samples.verify(steps, over: transport).map(\.outcome) == [.failed, .failed, .failed])
            let losses = [
                "journalctl --rotate; sleep 2; journalctl --vacuum-time=1s; logger fresh",
                "rm -rf /run/log/journal/* /var/log/journal/*; systemctl restart systemd-journald; logger fresh",
            ]
            for loss in losses {
                let command = "\(loss); for i in $(seq 100); do journalctl -q | grep -q fresh && exit 0; sleep 0.1; done; exit 1"
                // Not over SSH, which joins the words: `sh -c` would get only the first one of the script.
                try await host.inside.require(Command(["sh", "-c", command]), "losing the journal")
                let results = try await Samples.verify(steps, over: transport)
                #expect(results.map(\.outcome) == [.error, .error, .passed], "\(loss): \(results.map { $0.message ?? "" })")
                #expect(results[0].message?.contains("after the start of the window") == true, "\(results[0].message ?? "")")
            }
        }
    }

    @Test func aRecordingHoldsOnItsHost() async throws {
        try await ContainerHost.overSSH(Self.setup) { _, transport in
            let context = Samples.context(Samples.cell(), transports: [transport])
            let text = try await HostRecorder().record(context.hosts[0], in: context)
            for wanted in [
                "- service: app\n", "- port: 8086\n  address: \"127.0.0.1\"\n  process: python3\n",
                "- user: captain\n  home: /home/captain\n  shell: /bin/bash\n  groups: { contains: [users] }\n",
                "- file: /usr/local/bin/smoke\n  type: file\n  mode: \"0755\"\n  owner: root\n  group: root\n",
                "- file: /etc/sudoers.d/app\n",
                "- sysctl: kernel.ostype\n  value: Linux",
                "- package: openssh-server\n",
            ] { #expect(text.contains(wanted), "\(wanted)\n\(text)") }
            let items = try YAMLDocument.read(text).elements
            let steps = try items.enumerated().map { try DocumentedChecks.step($0.element, number: $0.offset) }
            let results = try await Samples.verify(steps, over: transport)
            #expect(
                results.count == items.count && results.allSatisfy { $0.outcome == .passed },
                "\(results.first { $0.outcome != .passed }?.detail ?? "")")
            // A recorded check fails if its subject is gone.
            for command in ["systemctl stop app", "userdel captain", "chmod 644 /etc/sudoers.d/app"] {
                try await transport.require(Command(command.split(separator: " ").map(String.init)), "no change")
            }
            let later = try await Samples.verify(steps, over: transport)
            #expect(later.filter { $0.outcome == .failed }.count == 3, "\(later.filter { $0.outcome != .passed }.map { $0.message ?? "" })")
        }
    }
}
