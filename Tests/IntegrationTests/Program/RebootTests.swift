import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// A real host that a step reboots, with checks before and after, what the steps change, and a command after the run.
@Suite(.requires(.programs, .podman)) struct RebootTests {
    private static let matrix = """
        version: 1
        name: reboot
        platforms: { podman: { driver: podman } }
        axes: { os: [debian12], platform: [podman] }
        secrets: { word: { env: AFTER_WORD } }
        after:
          run: [./tell.sh, told]
          env: { WORD: "${secrets.word}" }
        deploy:
          - name: install
            changes: { forbid: ["/etc/ssh/**"] }
            shell: |
              for name in kept lost; do
                unit=/etc/systemd/system/$name.service
                printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >$unit
              done
              systemctl daemon-reload
              systemctl enable --quiet --now kept
              systemctl start lost
              useradd --system probe
              touch /run/before
          - reboot:
            deadline: 2m
            changes: true
          - name: after the reboot
            shell: test ! -e /run/before
        verify:
          - after: install
            checks:
              - service: kept
              - { service: lost, enabled: false }
              - { command: date +%s%N | tee /srv/data, remember: data }
          - service: kept
          - { service: lost, enabled: false }
          - { command: cat /srv/data, recall: data }
        """

    @Test("a service that nobody enabled is caught by the checks after a reboot, and what was remembered is there")
    func reboot() async throws {
        let project = try Project()
        try project.write(Self.matrix, to: "m.yml")
        try project.write(
            """
            #!/bin/sh
            echo "$1 $SOLTI_STATUS $SOLTI_CELLS_FAILED ${#WORD}" >>told
            [ -s "$SOLTI_RESULTS" ] && [ -d "$SOLTI_REPORTS" ] && echo "with $WORD"
            exit 3

            """, to: "tell.sh")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: project.url.appendingPathComponent("tell.sh").path)
        let environment = ["AFTER_WORD": "open-sesame-27"]
        let ended = try await MatrixProcess.run(["run", "m.yml", "--keep", "failed"], in: project, environment: environment)
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
        let changes = try #require(cases.first { $0.name == "install: changes" })
        let found = Set((changes.changes ?? []).map(\.line))
        let expected: Set = [
            "+ unit kept.service", "+ unit lost.service", "+ service kept.service", "+ service lost.service", "+ user probe",
            "+ group probe",
            "+ /etc/systemd/system/kept.service", "+ /etc/systemd/system/multi-user.target.wants/kept.service",
        ]
        #expect(changes.outcome == .passed && expected.isSubset(of: found), "\(found.sorted())")
        let rebooted = cases.first { $0.name == "reboot: changes" }?.changes ?? []
        #expect(rebooted.map(\.line).contains("- service lost.service"), "\(rebooted.map(\.line))")
        // The command ran once, knew the secret, and its failure is a warning.
        let told = try String(contentsOf: project.url.appendingPathComponent("told"), encoding: .utf8)
        #expect(told == "told 1 1 14\n")
        #expect(ended.errors.contains("ended with exit status 3: with [redacted]"), "\(ended.errors)")
        let log = try String(contentsOf: report.folder.appendingPathComponent("after.log"), encoding: .utf8)
        #expect(log.contains("with ") && !log.contains("open-sesame-27"))
        // The checks of the end find what the deploy of another process remembered; those between the steps keep their answers.
        let verified = try await MatrixProcess.run(["verify", "m.yml"], in: project, environment: environment)
        #expect(try String(contentsOf: project.url.appendingPathComponent("told"), encoding: .utf8) == told, "no staged verb runs it")
        #expect(verified.status == 1 && verified.output.contains("1 failed"), "\(verified.errors)\n\(verified.output)")
        let destroyed = try await MatrixProcess.run(
            ["destroy", "m.yml", "--cell", "debian12-podman"], in: project, environment: environment)
        #expect(destroyed.status == 0)
        #expect(try Podman.leftovers(of: report.run).isEmpty)
    }
}
