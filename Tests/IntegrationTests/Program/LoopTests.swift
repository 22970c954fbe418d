import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// A developer's loop on real containers: the logs while they grow, hosts by a part of their name, the same cell again and again.
@Suite(.requires(.programs, .podman)) struct LoopTests {
    private func matrix(_ arguments: String..., in project: Project) async throws -> MatrixProcess.Ending {
        try await MatrixProcess.run(arguments, in: project)
    }

    @Test func logsGrowWhileTheCellRunsAndHostsAreNamedByAPart() async throws {
        let project = try Project()
        let slow = "[{ name: slow step, shell: 'echo first; sleep 4; echo second; touch /srv/deployed' }]"
        try project.write(
            Matrices.small(deploy: slow, verify: "[{ file: '/srv/${axis.color}' }]").replacing(
                "platform: [podman] }", with: "platform: [podman], color: [deployed, missing] }"), to: "m.yml")
        let run = try MatrixProcess(["run", "m.yml", "--keep", "always", "--format", "plain"], in: project)
        try await run.waitFor("debian12-podman-missing  deploy: slow step")
        let logs = try MatrixProcess(["logs", "debian12-podman-m:slow step", "-f"], in: project)
        let ended = try await run.ending()
        #expect(ended.status == 1, "\(ended.errors)")
        let followed = try await logs.ending()
        #expect(followed.status == 0 && followed.output.contains("first\nsecond\n"), "\(followed)")

        let several = try await matrix("logs", "debian12", in: project)
        #expect(several.status == 2 && several.errors.contains("name one: debian12-podman-deployed, debian12-podman-missing"), "\(several)")
        #expect(try await matrix("logs", "debian12-podman-missing:nothing", in: project).errors.contains("deploy-slow_step"))

        let failed = try await matrix("ssh", "@failed", "--", "cat", "/etc/hostname", in: project)
        #expect(failed.status == 0, "\(failed.errors)")
        let both = try await matrix("ssh", "debian12", "--", "true", in: project)
        #expect(both.status == 2 && both.errors.contains("matrix ssh --all debian12 -- COMMAND"), "\(both.errors)")
        let all = try await matrix("ssh", "--all", "*podman*", "--", "ls /srv; echo bad >&2; test -e /srv/deployed", in: project)
        #expect(all.status == 0, "\(all)")
        #expect(
            all.output.contains("debian12-podman-deployed | deployed\n") && all.output.contains("debian12-podman-missing  | deployed\n"),
            "\(all.output)")
        #expect(all.errors.contains("debian12-podman-missing  | bad"))
        let one = try await matrix("ssh", "--all", "debian*", "--", "case $(hostname) in *missing*) exit 7;; esac", in: project)
        #expect(one.status == 1 && one.errors.contains("debian12-podman-missing: exit status 7"), "\(one)")
        #expect(try await matrix("destroy", "m.yml", in: project).status == 0)
        #expect(try Podman.leftovers(of: Report(project).run).isEmpty)
    }

    /// The step fails in every second round; the runner counts them.
    @Test func aFlakyCellIsShownByRounds() async throws {
        let project = try Project()
        try project.write("n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) > n; [ $((n % 2)) = 0 ]\n", to: "count.sh")
        try project.write(
            Matrices.small(deploy: "[{ name: count, local: [sh, count.sh] }]", verify: "[{ file: /srv }]"), to: "m.yml")
        let ending = try await matrix("run", "m.yml", "--repeat", "3", "--format", "plain", in: project)
        #expect(ending.status == 1, "\(ending.errors)\n\(ending.output)")
        #expect(
            ending.output.contains("1 flaky verdict:\n    debian12-podman: count: 2 passed, 1 failed; first in run "), "\(ending.output)")
        try project.write("0\n", to: "n")
        let until = try await matrix("run", "m.yml", "--repeat", "until-failure", "--format", "json", in: project)
        #expect(until.status == 1)
        #expect(until.output.contains("\"firstRun\""), "one document: \(until.output)")
        #expect(try await matrix("status", in: project).output == "nothing is up and nothing is left behind\n")
    }
}
