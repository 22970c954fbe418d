import IntegrationSupport
import MatrixCore
import Testing

@testable import MatrixChecks
@testable import MatrixChecksTests

/// Services of a real systemd, asked in a container.
@Suite(.requires(.podman)) struct ServiceTests {
    private static let units = """
        unit() { printf '[Service]\\nType=%s\\nExecStart=%s\\n%s\\n%s\\n' "$2" "$3" "$4" "$5" >/etc/systemd/system/$1.service; }
        install='[Install]
        WantedBy=multi-user.target'
        unit app simple '/bin/sleep infinity' '' "$install"
        unit once oneshot /bin/true RemainAfterExit=yes "$install"
        unit fixed simple '/bin/sleep infinity' '' ''
        unit broken simple '/bin/sh -c "echo out of luck >&2; exit 3"' '' "$install"
        unit restless simple '/bin/sh -c "sleep 0.1"' "$(printf 'Restart=always\\nRestartSec=10ms\\nStartLimitIntervalSec=0')" "$install"
        unit borrowed simple '/bin/sleep infinity' '' "$(printf '[Install]\nAlso=borrowed.socket')"
        printf '[Socket]\nListenDatagram=127.0.0.1:6969\n[Install]\nWantedBy=sockets.target\n' >/etc/systemd/system/borrowed.socket
        unit hidden simple '/bin/sleep infinity' '' ''
        rm /etc/systemd/system/hidden.service
        systemctl daemon-reload; systemctl enable -q app once broken restless; systemctl mask -q hidden
        systemctl start app once fixed restless borrowed; systemctl start broken
        for i in $(seq 600); do [ "$(systemctl show -P NRestarts restless)" -gt 0 ] && systemctl -q is-failed broken && \
        exit 0; sleep 0.1; done; exit 1
        """

    @Test func servicesOfARealSystemd() async throws {
        try await ContainerHost.with(.exec) { host in
            try await host.inside.require(Command(["sh", "-c", Self.units]), "units")
            let checks: [(String, String?)] = [
                ("service: app", nil), ("service: app.service\nrestarts: { max: 0 }", nil), ("service: once", nil), ("service: fixed", nil),
                ("service: hidden\nmasked: true", nil),
                ("service: systemd-journald.socket", nil),
                ("service: borrowed\nenabled: false", nil),
                ("service: borrowed", "enabled: expected true, observed false (indirect)"),
                ("service: app\nrunning: false", "running: expected false, observed true (active, running)"),
                ("service: broken", "running: expected true, observed false (failed, result exit-code)"),
                ("service: nothing", "unit: expected a unit named nothing, observed systemd knows no such unit"),
                ("service: hidden\nmasked: false\nrunning: false\nenabled: false", "masked: expected false, observed true (masked)"),
                ("package: systemd\nversion: \">=252\"", nil), ("os: {}", nil), ("process: systemd\nuser: root", nil),
                ("command: systemctl is-active app\nstdout: active", nil),
            ]
            let steps =
                try checks.enumerated().map { try Samples.step("check \($0.offset)", $0.element.0) } + [
                    // Between two of its crashes it runs; its restarts are no secret, with or without restarts:.
                    try Samples.step("loop", "service: restless"),
                    try Samples.step("restless", "service: restless\nrestarts: { max: 0 }\nrunning: true"),
                ]
            let transport = host.inside
            let results = try await Samples.verify(steps, over: transport)
            #expect(transport.commandCount == 1)
            for (check, result) in zip(checks, results) {
                #expect(result.message == check.1, "\(check.0)\n\(result.detail ?? "")")
                #expect(result.outcome == (check.1 == nil ? .passed : .failed))
            }
            let broken = try #require(
                results.first { $0.message == "running: expected true, observed false (failed, result exit-code)" })
            #expect(
                broken.detail?.contains("out of luck") == true || broken.detail?.contains("broken.service") == true,
                "\(broken.detail ?? "")")
            #expect(broken.detail?.contains("$ ssh host 'systemctl status broken'") == true)
            #expect(
                results.dropLast().last?.detail?.contains("expected: none since the deploy began") == true,
                "\(results.dropLast().last?.detail ?? "")")
            #expect(
                results.last?.detail?.contains("restarts\n  expected: at most 0\n  observed: ") == true, "\(results.last?.detail ?? "")")
        }
    }

    /// All but those that need a server to ask, which have their own tests.
    @Test func documentedExamplesHold() async throws {
        try await ContainerHost.with(.exec) { host in
            let steps = try DocumentedChecks.read().enumerated().map { try DocumentedChecks.step($0.element, number: $0.offset) }
                .filter {
                    !["http", "query", "kubernetes"].contains($0.kind) && !["9090", "eth0"].contains($0.options[$0.kind]?.text)
                        && $0.options[$0.kind]?.holdsExample != true
                }
            let results = try await Samples.verify(steps, over: host.inside)
            #expect(steps.count > 25)
            for step in steps {
                let result = try #require(results.first { $0.name == step.name })
                #expect(
                    result.outcome == (step.modifiers.waiver == nil ? .passed : .skipped),
                    "\(result.name): \(result.message ?? "")\n\(result.detail ?? "")")
            }
        }
    }
}

extension Document {
    /// Names and addresses that are set aside for documentation (RFC 2606, RFC 5737, RFC 3849) and lead nowhere.
    fileprivate var holdsExample: Bool { text.map { $0.contains("example.org") || $0.contains("2001:db8") } ?? false }
}
