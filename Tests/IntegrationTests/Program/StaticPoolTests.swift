import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// The built program on hosts that exist: real sshd in containers, leased, reset, fought over.
@Suite(.requires(.programs, .podman, .xmllint)) struct StaticPoolTests {
    private static let clean = "nothing is up and nothing is left behind\n"

    @Test func aHostIsLentProvisionedResetAndGivenBack() async throws {
        try await Farm.with(1) { farm in
            let before = try await farm.ask(
                "hostname; cat /etc/hosts; sort /etc/passwd; dpkg-query -W; sudo cat ~pi/.ssh/authorized_keys | wc -l")
            try farm.write(
                "whole", deploy: "[{ name: mark, shell: touch /srv/deployed }]",
                verify: "[{ package: tree }, { file: /srv/deployed }, { user: lavender }, { command: hostname, stdout: debian12-podman }]",
                more: "provision: { user: lavender, sudo: nopasswd, packages: [tree], update_cache: true }")
            for _ in 1...2 {
                let ending = try await farm.matrix("run", "whole.yml", "--format", "plain")
                try #require(ending.status == 0, "\(ending.errors)\n\(ending.output)")
                #expect(
                    try await farm.ask(
                        "hostname; cat /etc/hosts; sort /etc/passwd; dpkg-query -W; sudo cat ~pi/.ssh/authorized_keys | wc -l") == before)
                #expect(try await farm.ask("ls /srv /etc/sudoers.d").contains("deployed") == false)
            }
            let status = try await farm.matrix("status").output
            #expect(status.hasPrefix(Self.clean) && status.contains("rpi-1") && status.contains("free"))
        }
    }

    @Test func twoRunsAtOnceTakeTurnsAndAKilledOnesLeaseIsTakenOver() async throws {
        try await Farm.with(1) { farm in
            try farm.write("first", deploy: "[{ name: slow, shell: touch /srv/deployed; until test -e /srv/go; do sleep 0.1; done }]")
            try farm.write("killed", deploy: "[{ name: slow, shell: touch /srv/deployed; sleep 300 }]")
            try farm.write("second", deploy: "[{ name: quick, shell: test ! -e /srv/deployed }]")
            let first = try MatrixProcess(["run", "first.yml", "--format", "plain", "--reports", "one"], in: farm.project)
            try await first.waitFor("deploy: slow")
            let second = try MatrixProcess(["run", "second.yml", "--format", "plain", "--reports", "two"], in: farm.project)
            try await second.waitFor("waiting for 1 host of debian12: rpi-1 is held by debian12-farm of run")
            let status = try await farm.matrix("status").output
            #expect(status.contains("leased") && status.contains("WAITING"))
            _ = try await farm.ask("sudo touch /srv/go")
            let endings = [try await first.ending(), try await second.ending()]
            #expect(endings.map(\.status) == [0, 0], "\(endings.map(\.errors))")
            let one = try #require(try Report(farm.project, in: "one").result.cells.first)
            let two = try #require(try Report(farm.project, in: "two").result.cells.first)
            #expect(one.finished <= two.started)

            let killed = try MatrixProcess(["run", "killed.yml", "--format", "plain"], in: farm.project)
            try await killed.waitFor("deploy: slow")
            let interrupted = try MatrixProcess(["run", "second.yml", "--format", "plain"], in: farm.project)
            try await interrupted.waitFor("waiting for 1 host")
            let heir = try MatrixProcess(["run", "second.yml", "--format", "plain"], in: farm.project)
            try await heir.waitFor("waiting for 1 host")
            interrupted.send(SIGINT)
            #expect(try await interrupted.ending().status == 130)
            killed.send(SIGKILL)
            let inherited = try await heir.ending()
            #expect(inherited.status == 0, "\(inherited.errors)")
            #expect(inherited.errors.contains("resetting rpi-1"))
            _ = try await killed.ending()
            #expect(try await farm.matrix("reap", "--yes").status == 0)
            let left = try await farm.matrix("pool", "list", "--format", "json").output
            #expect(Value(json: left)?["waiting"] == [] && Value(json: left)?.element(at: "hosts.0.state") == "free")
            #expect(try await farm.matrix("status").output.hasPrefix(Self.clean))
        }
    }

    /// As two machines would: neither ledger knows of the other's runs.
    @Test func runsOfTwoStateFoldersTakeTurnsAndInheritWhatAnotherLeft() async throws {
        try await Farm.with(1) { farm in
            let provision = "provision: { packages: [tree], update_cache: true }"
            try farm.write("first", deploy: "[{ name: slow, shell: touch /srv/deployed; until test -e /srv/go; do sleep 0.1; done }]")
            try farm.write("second", deploy: "[{ name: quick, shell: test ! -e /srv/deployed }]")
            try farm.write("killed", deploy: "[{ name: slow, shell: touch /srv/deployed; sleep 300 }]", more: "expires: 20s\n\(provision)")
            try farm.write("heir", deploy: "[{ name: clean, shell: \"test ! -e /srv/deployed && ! command -v tree\" }]")
            let first = try MatrixProcess(["run", "first.yml", "--format", "plain", "--reports", "one"], in: farm.project)
            try await first.waitFor("deploy: slow")
            let second = try MatrixProcess(
                ["run", "second.yml", "--format", "plain", "--state", ".elsewhere", "--reports", "two"], in: farm.project)
            try await second.waitFor("of another state folder until")
            _ = try await farm.ask("sudo touch /srv/go")
            let endings = [try await first.ending(), try await second.ending()]
            #expect(endings.map(\.status) == [0, 0], "\(endings.map(\.errors))")
            let one = try #require(try Report(farm.project, in: "one").result.cells.first)
            let two = try #require(try Report(farm.project, in: "two").result.cells.first)
            #expect(one.phases.map(\.finished).max() ?? one.finished <= two.phases.map(\.started).min() ?? two.started)
            #expect(try await farm.ask("sudo ls /var/lib/solti-matrix").isEmpty)

            let killed = try MatrixProcess(["run", "killed.yml", "--format", "plain", "--state", ".elsewhere"], in: farm.project)
            try await killed.waitFor("deploy: slow")
            killed.send(SIGKILL)
            _ = try await killed.ending()
            // Its time is over soon; nobody reaps it. A cluster's mark that lies beside its lease is no run's.
            _ = try await farm.ask("sudo touch /var/lib/solti-matrix/k3s")
            let heir = try await farm.matrix("run", "heir.yml", "--format", "plain", "--reports", "three")
            #expect(heir.status == 0, "\(heir.errors)")
            #expect(try await farm.ask("sudo ls /var/lib/solti-matrix") == "k3s")
        }
    }

    @Test func aHostThatFailsItsResetIsQuarantinedUntilThatIsLifted() async throws {
        try await Farm.with(1) { farm in
            try farm.write("breaking", deploy: "[{ name: break, shell: touch /srv/broken }]")
            let broken = try await farm.matrix("run", "breaking.yml")
            #expect(broken.status == 4, "\(broken.errors)")
            let status = try await farm.matrix("status")
            #expect(status.output.contains("quarantine") && status.errors.contains("matrix pool lift"))
            try farm.write("after", deploy: "[{ name: nothing, shell: \"true\" }]")
            let refused = try await farm.matrix("run", "after.yml")
            #expect(refused.status == 3)
            #expect(refused.output.contains("quarantine") || refused.errors.contains("quarantine"))
            #expect(try await farm.matrix("pool", "lift", "rpi-9").status == 2)
            #expect(try await farm.matrix("pool", "lift", "rpi-1").status == 0)
            // Lifted, but not put right: it goes back.
            #expect(try await farm.matrix("run", "after.yml").status == 3)
            _ = try await farm.ask("sudo rm /srv/broken")
            #expect(try await farm.matrix("pool", "lift", "rpi-1").status == 0)
            let good = try await farm.matrix("run", "after.yml")
            #expect(good.status == 0, "\(good.errors)")
            #expect(try await farm.matrix("status").output.hasPrefix(Self.clean))
        }
    }

    @Test func everythingThatIsWrongIsSaidBeforehand() async throws {
        try await Farm.with(1) { farm in
            let stranger = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBxpvTzIaOaZjP4hT0Wq1jYl8bnJbmMqWQ2dKqWJpT0K"
            try farm.write(
                "wrong", deploy: "[{ name: nothing, shell: \"true\" }]", pool: "connect_timeout: 3s", host: ", host_key: \"\(stranger)\"")
            let text = try farm.project.read("wrong.yml").replacing(
                "    reset:", with: "        - { name: rpi-8, address: 127.0.0.1, port: 1, user: pi, os: debian12 }\n    reset:")
            try farm.project.write(text, to: "wrong.yml")
            let plan = try await farm.matrix("plan", "wrong.yml").output
            #expect(
                plan.contains("the pool farm is too small") && plan.contains("its host key is not the one")
                    && plan.contains("connection refused"))
            #expect(try await farm.matrix("run", "wrong.yml").status == 3)
            try farm.project.write(text.replacing("name: rpi-8", with: "name: rpi-1"), to: "twice.yml")
            let twice = try await farm.matrix("validate", "twice.yml")
            #expect(twice.status == 2 && twice.errors.contains("the name rpi-1 is given twice"))
        }
    }
}
