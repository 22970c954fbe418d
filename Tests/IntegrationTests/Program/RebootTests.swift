import IntegrationSupport
import MatrixCore
import Testing

/// A real host that a step reboots, with checks before and after.
@Suite(.requires(.programs, .podman)) struct RebootTests {
    private static let matrix = """
        version: 1
        name: reboot
        platforms: { podman: { driver: podman } }
        axes: { os: [debian12], platform: [podman] }
        deploy:
          - name: install
            shell: |
              for name in kept lost; do
                printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/$name.service
              done
              systemctl daemon-reload
              systemctl enable --quiet --now kept
              systemctl start lost
              touch /run/before
          - reboot:
            deadline: 2m
          - name: after the reboot
            shell: test ! -e /run/before
        verify:
          - after: install
            checks:
              - service: kept
              - service: lost
              - { command: date +%s%N | tee /srv/data, remember: data }
          - service: kept
          - service: lost
          - { command: cat /srv/data, recall: data }
        """

    @Test("a service that nobody enabled is caught by the checks after a reboot, and what was remembered is there")
    func reboot() async throws {
        let project = try Project()
        try project.write(Self.matrix, to: "m.yml")
        let ended = try await MatrixProcess.run(["run", "m.yml", "--keep", "failed"], in: project)
        let report = try Report(project)
        #expect(ended.status == 1, "\(ended.errors)\n\(ended.output)")
        let cases = report.result.cells[0].cases.filter { $0.phase == .deploy || $0.phase == .verify }
        let outcomes = Dictionary(cases.map { ($0.name, $0.outcome) }) { first, _ in first }
        for name in [
            "install", "service kept, after install", "service lost, after install", "reboot", "after the reboot", "service kept",
            "command cat /srv/data",
        ] { #expect(outcomes[name] == .passed, "\(name): \(cases.map { "\($0.name): \($0.outcome) \($0.message ?? "")" })") }
        #expect(outcomes["service lost"] == .failed)
        let reboot = try #require(cases.first { $0.name == "reboot" })
        #expect(reboot.note == "ran before the reboot and does not run now, as it is not enabled: lost.service")
        // The checks of the end find what the deploy of another process remembered; those between the steps keep their answers.
        let verified = try await MatrixProcess.run(["verify", "m.yml"], in: project)
        #expect(verified.status == 1 && verified.output.contains("1 failed"), "\(verified.errors)\n\(verified.output)")
        #expect(try await MatrixProcess.run(["destroy", "m.yml", "--cell", "debian12-podman"], in: project).status == 0)
        #expect(try Podman.leftovers(of: report.run).isEmpty)
    }
}
