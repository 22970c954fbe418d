import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Which rules of a host are a cluster's: run by `sh` and `awk`, with a program of the test that has the rules in a file.
@Suite(.requires(.helperPrograms)) struct K3sRulesTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("k3s-rules-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let program = """
            #!/bin/sh
            case $1 in
                iptables-save) cat \(folder)/rules ;;
                iptables-restore)
                    text=$(cat)
                    case $text in *"$(cat \(folder)/refused 2>/dev/null || echo nothing)"*) exit 1 ;; esac
                    printf '%s\\n' "$text" >>\(folder)/asked ;;
            esac
            """
        try write(program, to: "tables")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/tables")
    }

    private func write(_ text: String, to name: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    private func asked() -> [String] {
        ((try? String(contentsOfFile: "\(folder)/asked", encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }

    /// Never with the programs of the machine that runs the test: they would change its rules.
    private func run(_ script: String, networks: String = "10.42.0.0/16 10.43.0.0/16") async throws -> K3sShell.Answer {
        let own = """
            ways() { if [ "$1" = iptables ]; then echo "nft $mark/tables iptables"; fi; }
            leave() { say left "$*"; }
            unseen() { say unseen "$*"; }
            """
        let shell = K3sShell(transport: LocalTransport(), label: "host")
        return try await shell.run("\(RulesScript.functions)\n\(own)\n\(script)", variables: ["mark": folder, "networks": networks])
    }

    private func table(_ name: String, chains: [String] = [], _ rules: [String]) -> String {
        (["*\(name)", ":INPUT ACCEPT [3:180]"] + chains.map { ":\($0) - [0:0]" } + rules + ["COMMIT", ""]).joined(separator: "\n")
    }

    @Test func theRulesOfAClusterAreAskedToGoAndNoOthers() async throws {
        let filter = table(
            "filter", chains: ["CNI-OLD", "CNI-NEW", "KUBE-SERVICES", "MINE"],
            [
                #"-A INPUT -m comment --comment "kubernetes \"service\" portals" -j KUBE-SERVICES"#,
                #"-A INPUT -p tcp -m comment --comment "mine -j KUBE-SERVICES -s 10.42.0.0/16 flannel" -j ACCEPT"#,
                "-A INPUT ! -s 10.42.0.0/16 -i eth0 -j DROP",
                "-A FORWARD -s 10.42.0.0/16 -j ACCEPT",
                "-A FORWARD -d 10.43.5.0/24 -j ACCEPT",
                "-A FORWARD -s 10.4.0.0/14 -j ACCEPT",
                "-A FORWARD -s 10.44.0.0/16 -j MINE",
                "-A FORWARD -j CNI-OLD",
                #"-A FORWARD -m comment --comment "flanneld forward" -j ACCEPT"#,
                "-A CNI-OLD -s 10.88.0.0/16 -j ACCEPT",
                "-A CNI-OLD -p tcp -j CNI-NEW",
                "-A KUBE-SERVICES -j ACCEPT",
            ])
        try write(filter + table("raw", ["-A INPUT -j ACCEPT"]), to: "rules")
        try write(table("filter", chains: ["CNI-OLD"], ["-A FORWARD -j CNI-OLD"]), to: "rules.iptables")
        _ = try await run("delete_rules")
        #expect(
            asked() == [
                "*filter", #"-D INPUT -m comment --comment "kubernetes \"service\" portals" -j KUBE-SERVICES"#,
                "-D FORWARD -s 10.42.0.0/16 -j ACCEPT",
                "-D FORWARD -d 10.43.5.0/24 -j ACCEPT", #"-D FORWARD -m comment --comment "flanneld forward" -j ACCEPT"#,
                "-D CNI-OLD -p tcp -j CNI-NEW",
                "-F CNI-NEW", "-F KUBE-SERVICES", "-X CNI-NEW", "-X KUBE-SERVICES", "COMMIT",
            ])
    }

    @Test func networksOfTheUsersAreThose() async throws {
        let rules = [
            "-A FORWARD -s 10.42.0.0/16 -j ACCEPT", "-A FORWARD -s 172.20.4.0/24 -j ACCEPT", "-A FORWARD -s 172.24.0.0/16 -j ACCEPT",
            "-A FORWARD -s 2001:db8:42::/64 -j ACCEPT", "-A FORWARD -d 2001:db8:42:ff::7/128 -j ACCEPT",
            "-A FORWARD -s 2001:db8:43::/64 -j ACCEPT",
        ]
        try write(table("filter", rules), to: "rules")
        _ = try await run("delete_rules", networks: "172.20.0.0/14 2001:db8:42::/56")
        #expect(
            asked() == [
                "*filter", "-D FORWARD -s 172.20.4.0/24 -j ACCEPT", "-D FORWARD -s 2001:db8:42::/64 -j ACCEPT",
                "-D FORWARD -d 2001:db8:42:ff::7/128 -j ACCEPT",
                "COMMIT",
            ])
    }

    /// What the owner had before is the owner's, even with an address of the cluster.
    @Test func whatWasThereBeforeStays() async throws {
        let own = table("nat", ["-A POSTROUTING -s 10.42.0.0/16 -j MASQUERADE"])
        try write(own, to: "rules.iptables")
        try write(own + table("filter", ["-A FORWARD -s 10.42.0.0/16 -j ACCEPT"]), to: "rules")
        let seen = try await run("delete_rules; look_for_rules")
        #expect(asked() == ["*filter", "-D FORWARD -s 10.42.0.0/16 -j ACCEPT", "COMMIT"])
        #expect(seen.all("left") == ["rule -A FORWARD -s 10.42.0.0/16 -j ACCEPT of the table filter of iptables-nft"])
    }

    /// The kernel refuses a transaction as a whole.
    @Test func oneRuleThatCannotGoDoesNotKeepTheOthers() async throws {
        try write(
            table("filter", chains: ["KUBE-A"], ["-A FORWARD -s 10.42.1.0/24 -j ACCEPT", "-A FORWARD -s 10.42.2.0/24 -j ACCEPT"]),
            to: "rules")
        try write("-D FORWARD -s 10.42.1.0/24", to: "refused")
        _ = try await run("delete_rules")
        #expect(
            asked() == [
                "*filter", "-D FORWARD -s 10.42.2.0/24 -j ACCEPT", "COMMIT", "*filter", "-F KUBE-A", "COMMIT", "*filter", "-X KUBE-A",
                "COMMIT",
            ])
    }

    @Test func manyLeftoversAreCounted() async throws {
        try write(table("filter", (1...9).map { "-A FORWARD -s 10.42.\($0).0/24 -j ACCEPT" }), to: "rules")
        let left = try await run("look_for_rules").all("left")
        #expect(left.count == 6 && left.last == "4 more of iptables-nft")
    }
}
