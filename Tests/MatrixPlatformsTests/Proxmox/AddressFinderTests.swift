import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixPlatforms

/// When a silent guest agent is waited for and when its machine is given up; the time is the test's.
@Suite struct AddressFinderTests {
    private static let silence = ProxmoxFault.http(500, "QEMU guest agent is not running")
    private static let here: Value = [
        "result": [
            [
                "name": "eth0", "hardware-address": "bc:24:11:00:00:01",
                "ip-addresses": [["ip-address-type": "ipv4", "ip-address": "192.168.1.77"]],
            ]
        ]
    ]

    /// A machine whose agent answers in turn, the last answer for ever; each call takes ten seconds.
    private struct Bench {
        let caller = ScriptedCaller()
        let node = ScriptedTransport()

        final class Clock: Sendable {
            private let seconds = Mutex(0)
            var age: Duration { .seconds(seconds.withLock(\.self)) }
            func tick() { seconds.withLock { $0 += 10 } }
        }

        let clock = Clock()

        init(_ answers: [Result<Value, ProxmoxFault>], isRunning: Bool = true) {
            let left = Mutex(answers)
            caller.answer { [clock] request in
                guard request.display.hasSuffix("network-get-interfaces") else { return nil }
                clock.tick()
                return try left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }.get()
            }
            caller.answer(.get, "status/current", .success(["status": .string(isRunning ? "running" : "stopped")]))
        }

        var calls: Int { caller.count(.get, "network-get-interfaces") }

        func find(_ changes: [String: Value] = [:], agent: Bool? = nil, limit: Duration = .seconds(900)) async throws -> AddressFinder.Found
        {
            let options: [String: Value] = [
                "endpoint": "https://pve1:8006", "token": ["id": "a@pve!b", "secret": ["env": "X"]], "node": "pve1", "bridge": "vmbr0",
            ]
            let settings = try SettingsReader.read(Fixtures.document(.map(options.merging(changes) { $1 })))
            let shell = settings.shell.map { NodeShell($0, connector: FixedConnector(node)) }
            let finder = AddressFinder(
                cluster: ProxmoxCluster(client: ProxmoxClient(caller, pace: Fixtures.pace), nodes: ["pve1"]), shell: shell,
                settings: settings,
                semaphores: KeyedSemaphores { _ in 2 }, hasGuestAgent: agent, limit: limit, age: { [clock] in clock.age })
            return try await finder.find(20001, on: "pve1", MachineConfig(["agent": "1", "net0": "virtio=BC:24:11:00:00:01,bridge=vmbr0"]))
            { _ in }
        }

        func failure(_ changes: [String: Value] = [:], agent: Bool? = nil, limit: Duration = .seconds(900)) async throws
            -> InfrastructureError
        {
            try #require(await #expect(throws: InfrastructureError.self) { try await find(changes, agent: agent, limit: limit) })
        }
    }

    private func silent(_ times: Int) -> [Result<Value, ProxmoxFault>] { Array(repeating: .failure(Self.silence), count: times) }

    @Test func anAgentThatComesJustBeforeThePatienceEndsIsFound() async throws {
        let bench = Bench(silent(29) + [.success(Self.here)])
        #expect(try await bench.find() == AddressFinder.Found(address: "192.168.1.77", isFromAgent: true))
        #expect(bench.clock.age == .seconds(300))
    }

    /// A guest that should have no agent is given up within two minutes: somebody waits for the word.
    @Test(arguments: [(false, 90, "1m30s"), (nil, 300, "5m"), (true, 300, "5m")] as [(Bool?, Int, String)])
    func aSilentAgentIsGivenUpWithTheCauseAndTheWaysOut(_ agent: Bool?, _ seconds: Int, _ text: String) async throws {
        let bench = Bench(silent(1))
        let error = try await bench.failure(agent: agent)
        #expect(bench.clock.age == .seconds(seconds))
        #expect(!error.isTransient, "a retry would also get no answer")
        #expect(
            error.why.contains("no qemu-guest-agent: it did not answer within \(text)") && error.why.contains("Debian and Ubuntu")
                && error.why.contains("only opens the channel"))
        let next = try #require(error.next)
        for way in [
            "addresses: { range: ", "gateway: ", "ssh: { host: pve1, user: root }", "matrix template build --os",
            "agent_patience",
        ] {
            #expect(next.contains(way), "\(way)")
        }
        #expect(!next.contains("address: auto"))
    }

    @Test func whereOnlyTheAgentMayBeAskedTheWaysOutBeginWithThat() async throws {
        let error = try await Bench(silent(1)).failure(["address": "agent", "ssh": ["host": "pve1"]])
        #expect(error.next?.contains("address: auto and addresses: {") == true && error.next?.contains("address: auto and ssh: {") == true)
    }

    @Test func thePatienceOfTheSettingsHolds() async throws {
        let bench = Bench(silent(1))
        #expect(try await bench.failure(["agent_patience": "40s"]).why.contains("did not answer within 40s"))
        #expect(bench.calls == 4)
        let slow = Bench(silent(59) + [.success(Self.here)])
        #expect(try await slow.find(["agent_patience": "10m"]).address == "192.168.1.77")
    }

    /// At the deadline of the phase only that would be said.
    @Test(arguments: [[:], ["agent_patience": "1h"]] as [[String: Value]]) func theReasonComesBeforeTheTimeToCreateIsUp(
        _ changes: [String: Value]
    ) async throws {
        let bench = Bench(silent(1))
        _ = try await bench.failure(changes, limit: .seconds(100))
        #expect(bench.clock.age == .seconds(90))
    }

    @Test(arguments: [
        ProxmoxFault.http(500, "VM 20001 qmp command 'guest-network-get-interfaces' failed - got timeout"),
        ProxmoxFault.http(500, "Agent error: Guest agent command failed"),
    ])
    func anAgentThatOnceSaidSomethingIsNeverGivenUp(_ fault: ProxmoxFault) async throws {
        let bench = Bench([.failure(fault)] + silent(80) + [.success(Self.here)])
        #expect(try await bench.find().address == "192.168.1.77")
    }

    @Test func anAgentWithoutAnAddressIsNotSilent() async throws {
        let bench = Bench([.success(["result": []])] + silent(80) + [.success(Self.here)])
        #expect(try await bench.find().address == "192.168.1.77")
    }

    @Test func aServerThatCannotAskIsNoSilence() async throws {
        let trouble = Array(repeating: Result<Value, ProxmoxFault>.failure(.http(595, "No route to host")), count: 60)
        #expect(try await Bench(trouble + [.success(Self.here)]).find().address == "192.168.1.77")
        #expect(try await Bench(trouble + silent(1)).failure().why.contains("no qemu-guest-agent"))
    }

    @Test func aMachineThatHaltedIsNoAbsentAgent() async throws {
        let error = try await Bench(silent(1), isRunning: false).failure(["agent_patience": "10s"])
        #expect(error.what.contains("stopped during the wait for its address"))
    }

    /// Where the node can be asked nothing is given up, and a system that is known to have no agent does not wait for one.
    @Test(arguments: [(false, 1), (nil, 6), (true, 6)] as [(Bool?, Int)]) func theNodeIsAskedAsWell(_ agent: Bool?, _ calls: Int)
        async throws
    {
        let bench = Bench(silent(1))
        bench.node.answer("ip neigh", output: "192.168.1.88 dev vmbr0 lladdr bc:24:11:00:00:01 REACHABLE\n")
        #expect(
            try await bench.find(["ssh": ["host": "pve1"]], agent: agent)
                == AddressFinder.Found(address: "192.168.1.88", isFromAgent: false))
        #expect(bench.calls == calls)
    }

    @Test func emptyVariablesAreNoSources() throws {
        let options: Value = [
            "endpoint": "https://pve1:8006", "token": ["id": "a@pve!b", "secret": ["env": "X"]], "node": "pve1", "address": "auto",
            "addresses": ["range": "", "gateway": ""], "ssh": ["host": "", "user": "root"],
        ]
        let settings = try SettingsReader.read(Fixtures.document(options))
        #expect(settings.addresses == nil && settings.shell == nil && !settings.isStatic)
    }

    /// The guest's agent answers from within the machine, which may be hostile.
    @Test(arguments: ["10.88.77.1\n  ProxyCommand touch /tmp/x", "-oProxyCommand=touch /tmp/x", "example.net", "", "fe80::1", "127.0.0.1"])
    func whatTheGuestCallsAnAddressIsReadAsOne(_ address: String) {
        let hardware = "bc:24:11:00:00:01"
        func answer(_ addresses: [String]) -> Value {
            let list = addresses.map { Value.map(["ip-address-type": "ipv4", "ip-address": .string($0)]) }
            return ["result": [["name": "eth0", "hardware-address": .string(hardware), "ip-addresses": .list(list)]]]
        }
        #expect(AddressFinder.address(in: answer([address]), of: hardware) == nil)
        #expect(AddressFinder.address(in: answer([address, "192.0.2.7"]), of: hardware) == "192.0.2.7")
        #expect(NeighbourTable.address(of: hardware, in: "1 \(hardware) \(address) name *") == nil)
    }
}
