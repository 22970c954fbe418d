import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// The program that starts a lab: what it prints, how it ends, and that nothing of it is left.
@Suite(.requires(.programs, .lab, .podman, .root)) struct LabCommandTests {
    private static let program = URL(fileURLWithPath: MatrixProcess.executable).deletingLastPathComponent().appendingPathComponent(
        "matrix-lab"
    ).path
    private static let state = Project.repository.appendingPathComponent(".matrix").path

    /// Runs a script that has the program in `$1`, with a state folder in `$2`, in a new folder.
    private func script(_ text: String) throws -> Project {
        let folder = try Project()
        let told =
            "cd \"$3\" || exit 1\nuntil_ready() { for _ in $(seq 1200); do grep -qs LINODE_URL out && return; sleep 0.1; done; exit 1; }\n"
        #expect(try Shell.run("sh", "-c", told + text, "sh", Self.program, Self.state, folder.url.path).status == 0)
        return folder
    }

    /// Neither its bridge nor a container.
    private func expectGone(_ notice: String) async throws {
        let bridge = try #require(notice.firstMatch(of: /solti-lab=(\S+)/)).output.1
        #expect(try await eventually { try Shell.run("podman", "network", "exists", String(bridge)).status == 1 })
        #expect(try Shell.run("podman", "ps", "--all", "--quiet", "--filter", "label=solti-lab=\(bridge)").output == "")
    }

    @Test func aCommandRunsInItAndItEndsWithItsStatus() async throws {
        let folder = try script(
            """
            WAZUH_AGENT=mine.deb LINODE_TOKEN=mine \\
            "$1" --state "$2" --only linode --only farm --only installers --hosts 1 --hosts rocky9:0 --fail rocky10:dark sh -c 'env \
            >seen; cat "$FARM_INVENTORY" >>seen; command -v matrix >>seen
            podman exec "$(podman ps --quiet --filter name=rocky10-1)" cat /etc/installer-stand-in >>seen; exit 7' 2>err
            echo $? >status
            """)
        #expect(try folder.read("status") == "7\n")
        let seen = try folder.read("seen")
        for word in [
            "LINODE_TOKEN=fake-", "LINODE_URL=http://127.0.0.1:", "K3S_NODES=farm", "K3S_BINARY=", "solti_os: rocky10",
            MatrixProcess.executable, "\ndark\n",
        ] {
            #expect(seen.contains(word), "\(word) in \(seen)")
        }
        for word in ["PROXMOX_URL", "solti_os: rocky9", "LINODE_TOKEN=mine"] { #expect(!seen.contains(word), "\(word) in \(seen)") }
        // What stands in for downloads is the user's where the user says so.
        #expect(seen.contains("\nWAZUH_AGENT=mine.deb\n") && seen.contains("/fixtures/installers/wazuh-install.sh\n"))
        let notice = try folder.read("err")
        #expect(notice.contains("# not from the lab, because it was set before: WAZUH_AGENT=mine.deb\n"))
        #expect(notice.contains("# stand-in: hosts of rocky9 are Debian 12"))
        try await expectGone(notice)
    }

    /// It prints its address and runs until a signal. Then it reports remaining machines and requests that broke Linode's description.
    @Test(arguments: ["TERM", "INT"]) func aSignalEndsIt(_ signal: String) async throws {
        let folder = try script(
            """
            "$1" --state "$2" --only linode --only installers >out 2>err &
            pid=$!
            until_ready
            WAZUH_AGENT=
            . ./out
            echo "$ISPCONFIG_INSTALLER $WAZUH_AGENT" >installers
            base=${LINODE_URL%/v4}
            curl --silent --fail --header "Authorization: Bearer $LINODE_TOKEN" "$LINODE_URL/profile" >profile
            curl --silent --header "Authorization: Bearer $LINODE_TOKEN" "$LINODE_URL/nothing" >/dev/null
            curl --silent --fail "$base/fake" >summary
            kill -\(signal) $pid; wait $pid; echo $? >status
            """)
        #expect(Value(json: try folder.read("profile"))?["username"] == "tester")
        #expect(Value(json: try folder.read("summary"))?["violations"] == ["GET /v4/nothing: 404 Not found"])
        #expect(try folder.read("status") == "1\n")
        #expect(try folder.read("installers").hasSuffix("/fixtures/installers/ispconfig.sh \n"))
        #expect(try folder.read("err").contains("violation: GET /v4/nothing: 404 Not found"))
        try await expectGone(try folder.read("out"))
    }

    /// Also if the command is a shell, which ends at once, and what it waits for is still busy.
    @Test(arguments: [("./work", "9"), ("sh -c './work; true'", "143")])
    func aSignalEndsItsCommandFirst(_ command: String, _ status: String) async throws {
        let folder = try script(
            """
            printf '%s\\n' '#!/bin/sh' 'trap "sleep 0.5; echo told >told; exit 9" TERM' 'echo LINODE_URL >out' \
            'while :; do sleep 0.1; done' >work
            chmod +x work
            "$1" --state "$2" --only linode \(command) 2>err &
            pid=$!
            until_ready
            kill -TERM $pid; wait $pid; echo $? >status
            """)
        #expect(try folder.read("told") == "told\n")
        #expect(try folder.read("status") == "\(status)\n")
        try await expectGone(try folder.read("err"))
    }

    @Test func itEndsWithWhoeverStartedIt() async throws {
        let folder = try script("\"$1\" --state \"$2\" --only linode >out 2>err &\nuntil_ready\n")
        try await expectGone(try folder.read("out"))
    }

    /// What it had is removed by the next one.
    @Test func whatAKilledOneLeavesIsRemovedByTheNext() async throws {
        let folder = try script(
            """
            "$1" --state "$2" --only linode >out 2>err &
            until_ready
            kill -KILL $!
            wait
            cp out first
            PATH=/usr/sbin:/usr/bin:/sbin:/bin "$1" --state "$2" --only linode matrix --version >version 2>second
            """)
        #expect(try folder.read("version") != "", "the command is the matrix of the same build")
        try await expectGone(try folder.read("first"))
        try await expectGone(try folder.read("second"))
    }

    @Test func whatItDoesNotKnowIsRefused() throws {
        let folder = try script(
            """
            "$1" --hide sles15:telegraf 2>err; echo $? >status
            "$1" --wrong rocky9:sles15 2>>err; echo $? >>status
            "$1" --fail rocky9:sadly 2>>err; echo $? >>status
            "$1" --hosts rocky9:many 2>>err; echo $? >>status
            """)
        #expect(try folder.read("status") == String(repeating: "64\n", count: 4))
        #expect(try folder.read("err").contains("'rocky9:sadly' does not end with one of these: error, "))
        #expect(try folder.read("err").contains("'sles15:telegraf' does not start with a system of the lab"))
    }
}
