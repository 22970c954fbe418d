import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// The repository's own matrices, on real parts.
@Suite(.requires(.programs, .podman, .ansible)) struct LocalMatrixTests {
    @Test func localPassesOnDebianAndSkipsOrPassesRocky() async throws {
        let project = try Project()
        let file = Project.repository.appendingPathComponent("matrices/local.yml").path
        let ending = try await MatrixProcess.run(
            ["run", file, "--format", "plain", "--reports", "reports", "--state", ".matrix"], in: project)
        try #require(ending.status == 0, "\(ending.errors)\n\(ending.output)")
        let report = try Report(project)
        let outcomes = Dictionary(uniqueKeysWithValues: report.result.cells.map { ($0.name, $0.outcome) })
        #expect(outcomes["debian12-podman"] == .passed)
        #expect(outcomes["debian13-podman"] == .passed)
        for name in ["rocky9-podman", "rocky10-podman"] {
            #expect(outcomes[name] == .passed || outcomes[name] == .skipped)
        }
        for cell in report.result.cells where cell.outcome == .skipped { #expect(cell.cases[0].message?.isEmpty == false) }
        #expect(try Podman.leftovers(of: report.run).isEmpty)
        try report.validateJUnit()
    }

    @Test func nineCellsRunAtOnce() async throws {
        let project = try Project()
        try project.write(
            """
            version: 1
            name: nine
            platforms: { podman: { driver: podman } }
            axes: { os: [debian12], platform: [podman], n: [a, b, c, d, e, f, g, h, i] }
            timeouts: { create: 10m, provision: 15m, deploy: 20m }
            provision: { user: lavender, sudo: nopasswd, packages: [curl], update_cache: true }
            deploy:
              - name: site
                ansible: { playbook: play.yml }
            verify:
              - package: curl
              - service: ssh
              - file: /srv/site
                contains: ${axis.n}
            """, to: "m.yml")
        try project.write(
            "- hosts: all\n  tasks:\n    - ansible.builtin.copy: { dest: /srv/site, content: \"{{ inventory_hostname }}\", "
                + "mode: '0644' }\n",
            to: "play.yml")
        let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project)
        try #require(ending.status == 0, "\(ending.errors)\n\(ending.output)")
        let cells = try Report(project).result.cells
        #expect(cells.count == 9)
        // At once: each began before any ended.
        let lastStart = try #require(cells.map(\.started).max())
        let firstEnd = try #require(cells.map(\.finished).min())
        #expect(lastStart < firstEnd)
    }
}
