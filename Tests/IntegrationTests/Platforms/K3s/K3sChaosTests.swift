import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Runs on clusters that are struck at random calls, while connections break and the lender's API misbehaves: after `reap` no host has
/// anything of a cluster, the lender has its hosts back, and the cluster that is not ours runs.
@Suite(.requires(.helperPrograms)) struct K3sChaosTests {
    private static let runs = PlatformChaos.runs(nightly: 90)

    @Test func aRunThatIsStruckAtAnyCallLeavesNothing() async throws {
        let folder = try TemporaryFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let nodes = NodesOfHosts()
        nodes.put("somebody", of: "somebodys-cluster")
        let quiet = try cloud(folder, Dice(seed: 1), faultiness: 0)
        try quiet.put(
            FolderCloud.Thing(
                Resource(platform: "lender", kind: "host", name: "somebody", id: "1", run: RunID("nobody"), cell: "x"), tags: ["production"]
            ))
        let (before, strangers) = (nodes.marked, quiet.there)
        var tally = try await chaos(nodes, folder).run(Self.runs)
        #expect(await eventually { !quiet.isBusy })
        tally.leaks += nodes.marked.filter { !before.contains($0) } + quiet.there.keys.filter { strangers[$0] == nil }
        tally.foreignTouched += before.filter { !nodes.marked.contains($0) } + strangers.filter { quiet.there[$0.key] != $0.value }.keys
        print(tally.summary("K3s", seed: PlatformChaos.seed))
        #expect(tally.runs == Self.runs)
        #expect(tally.faults.values.reduce(0, +) > Self.runs / 2)
        #expect(tally.leaks == [])
        #expect(tally.foreignTouched == [])
        #expect(tally.disagreements == [])
        #expect(nodes.notUnderstood == [])
    }

    /// Its hosts live on, so that K3s has to be taken off them.
    private func cloud(_ folder: String, _ dice: Dice, faultiness: Double) throws -> FolderCloud {
        try FolderCloud("lender", in: folder, dice: dice, faultiness: faultiness, hostsLiveOn: true)
    }

    private func chaos(_ nodes: NodesOfHosts, _ folder: String) -> PlatformChaos {
        let breaks = Breaks(nodes.answer)
        return PlatformChaos(
            platform: "k3s", os: Samples.debian12, cells: 1...2, calls: 1...90,
            drivers: { world in
                let lender = try cloud(folder, world.dice, faultiness: world.outage == nil ? 0 : 0.04)
                let k3s = try Self.k3s(nodes, breaks.connector(world), world, lender)
                return ["lender": MortalPlatform(lender, world.outage), "k3s": MortalCluster(k3s, world.outage)]
            }, heal: { breaks.tell(&$0) }, adapt: Self.makeCluster,
            connector: { breaks.connector($0) })
    }

    /// One control node, and a worker if there are two hosts.
    private static func makeCluster(_ cell: inout CellPlan) {
        for index in cell.hosts.indices { cell.hosts[index].groups = [index == 0 ? "k3s_control" : "k3s_worker"] }
    }

    private static func k3s(
        _ nodes: NodesOfHosts, _ connector: any Connector, _ world: PlatformChaos.World, _ lender: any Platform
    ) throws -> K3sPlatform {
        // A process that only plays dead goes on asking until then.
        let limits: Value = ["install": "5s", "start": "5s", "ready": "5s"]
        let options: Value = ["nodes": "lender", "script": "install.sh", "version": "v1.31.5+k3s1", "limits": limits]
        let document = Document(value: options, at: SourceLocation(file: "/m/k3s.yml", line: 1, column: 1))
        let context = PlatformContext(
            state: world.state, access: world.access, runner: ScriptedTransport(), redactor: Redactor(), connector: connector,
            lenders: ["lender": lender])
        return K3sPlatform(name: "k3s", settings: K3sSettings(document), context: context, pace: K3sSamples.pace) { nodes.ask($0, $1) }
    }
}
