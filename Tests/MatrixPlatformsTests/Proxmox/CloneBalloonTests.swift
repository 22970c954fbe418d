import MatrixCore
import Testing

@testable import MatrixPlatforms

@Suite struct CloneBalloonTests {
    private static let balloons: [Value] = [.null, 0, 1, 1024, 4096]

    @Test(arguments: balloons, [nil, 2 << 30] as [Int?]) func everyCloneHasNone(_ balloon: Value, _ memory: Int?) throws {
        var config: [String: Value] = ["memory": "4096", "balloon": balloon]
        if balloon == .null { config["balloon"] = nil }
        let settings = try SettingsReader.read(
            Fixtures.document(["endpoint": "https://pve1:8006", "token": ["id": "a@pve!b", "secret": ["env": "X"]], "node": "pve1"]))
        let machine = Resource(platform: "proxmox", kind: "vm", name: "a-\(Fixtures.run)", run: Fixtures.run, cell: "a")
        let changes = MachineChanges(
            machine, size: HostSize(memory: memory), address: nil, key: "k", settings: settings, over: MachineConfig(.map(config)))
        #expect(changes.set["balloon"] == 0)
        #expect(changes.missed(in: MachineConfig(.map(config))).contains("balloon") == (balloon != 0))
    }
}
