import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms

@Suite struct StaticPlatformTests {
    private let first = RunID("first")
    private let second = RunID("second")

    @Test func aHostIsLentByTheUsersLoginAndHandedBackReset() async throws {
        let bench = try StaticBench()
        let platform = try bench.platform([bench.machine(1)], reset: [.init(name: "k3s", script: "uninstall-k3s")])
        bench.host.answer("uninstall-k3s")
        let made = try #require(try await bench.lend(platform, bench.cell()).first)
        #expect(made.id == "rpi-1" && made.kind == "host")
        let endpoint = try await platform.ready(made, for: bench.cell()) { _ in }
        #expect(bench.connections.allSatisfy { $0.keyFile.isEmpty && $0.user == "pi" })
        #expect(endpoint.keyFile.hasSuffix("/runs/first/id_ed25519") && endpoint.user == "pi")

        let record = try #require(try await bench.book.hosts().first)
        #expect(record.holder?.run == first && record.needsReset)
        let changes = try #require(record.changes.flatMap(HostChanges.init))
        #expect(changes.accounts == ["lavender"] && changes.packages == ["vim"] && changes.hostName == nil)
        #expect(changes.keys == ["pi": ["ssh-ed25519 AAAAown"], "lavender": ["ssh-ed25519 AAAAown"]])
        #expect(changes.summary.last == "not undone automatically: provision.run (1 script)")

        try await platform.destroy(made)
        let inputs = bench.host.commands.map { String(decoding: $0.input ?? [], as: UTF8.self) }
        // Once before it is lent, as nobody knew it, and once after.
        #expect(inputs.count { $0.contains("uninstall-k3s") } == 2)
        #expect(
            inputs.contains {
                $0.contains("remove_account lavender") && $0.contains("remove_packages vim") && !$0.contains("restore_name rpi")
            })
        let clean = try #require(try await bench.book.hosts().first)
        #expect(clean.holder == nil && !clean.needsReset && clean.changes == nil)
        // Gone already is success.
        try await platform.destroy(made)
        #expect(try await platform.remaining(of: first).isEmpty)
    }

    @Test("a host behind a jump host is reached by it, also by the run's own connections")
    func jumpHosts() async throws {
        let bench = try StaticBench()
        var machine = bench.machine(1)
        machine.options = ["ProxyJump=bastion"]
        let platform = try bench.platform([machine])
        let made = try #require(try await bench.lend(platform, bench.cell()).first)
        #expect(!bench.connections.isEmpty && bench.connections.allSatisfy { $0.furtherOptions == ["ProxyJump=bastion"] })
        #expect(try await platform.ready(made, for: bench.cell()) { _ in }.furtherOptions == ["ProxyJump=bastion"])
        try await platform.destroy(made)
        #expect(bench.connections.allSatisfy { $0.furtherOptions == ["ProxyJump=bastion"] })
    }

    @Test("a name of the user's ssh_config stays the name that ssh gets; other hosts and configurations get the address behind it")
    func namesOfSSHConfig() async throws {
        let bench = try StaticBench()
        var machine = bench.machine(1)
        (machine.address, machine.open) = ("worker1", [.port, .user])
        bench.runner.answer("ssh -G -- worker1", output: "user pi\nhostname 10.0.0.7\nport 42413\nproxyjump gate\n")
        let platform = try bench.platform([machine])
        let made = try #require(try await bench.lend(platform, bench.cell()).first)
        #expect(bench.connections.allSatisfy { $0.address == "worker1" && $0.port == 42413 && $0.furtherOptions == [] })
        #expect(bench.connections.first?.loginCommand == "ssh -p 42413 pi@worker1")
        let endpoint = try await platform.ready(made, for: bench.cell()) { _ in }
        #expect(endpoint.address == "worker1" && endpoint.port == 42413 && endpoint.user == "pi")
        #expect(endpoint.internalAddress == "10.0.0.7" && endpoint.furtherOptions == ["HostName=10.0.0.7", "ProxyJump=gate"])
        try await platform.destroy(made)
        #expect(bench.connections.allSatisfy { $0.port == 42413 } && bench.runner.commands.count == 1)
    }

    @Test("two names of the user's ssh_config for one place are refused: it would be lent twice")
    func oneMachineTwice() async throws {
        let bench = try StaticBench()
        var (first, second) = (bench.machine(1), bench.machine(2))
        (first.address, first.port) = ("worker1", 2222)
        (second.address, second.open) = ("worker1", [.port])
        bench.runner.answer("ssh -G", output: "user pi\nport 2222\n")
        let platform = try bench.platform([first, second])
        let problems = await platform.preflight([bench.cell()])
        #expect(problems.map(\.message) == ["rpi-1 and rpi-2 have the same address: worker1:2222"])
    }

    @Test func theHostNameIsOnlyRestoredOnRequest() async throws {
        let bench = try StaticBench()
        var cell = bench.cell()
        cell.provision.setsHostname = true
        let platform = try bench.platform([bench.machine(1)])
        #expect(platform.hostsLiveOn)
        _ = try await bench.lend(platform, cell)
        #expect(try await bench.book.hosts().first?.changes?["hostName"] == "rpi")
    }

    @Test func aSecondRunWaitsItsTurnAndSharesNothing() async throws {
        let bench = try StaticBench()
        let (one, two) = (try bench.platform([bench.machine(1)]), try bench.platform([bench.machine(1)], run: second))
        let made = try #require(try await bench.lend(one, bench.cell()).first)
        let told = MutexBox<[String]>([])
        let cell = bench.cell()
        let waiting = Task { try await two.reserve(cell, run: second, expires: nil) { text in told.with { $0.append(text) } } }
        try #require(await eventually { !told.current.isEmpty })
        #expect(told.current[0].contains("waiting for 1 host of debian12: rpi-1 is held by debian12-farm of run first (process "))
        #expect(try await bench.book.queue().map(\.run) == [second])
        #expect(try await bench.book.hosts().first?.holder?.run == first)
        try await one.destroy(made)
        try await waiting.value
        #expect(try await bench.book.hosts().first?.holder?.run == second)
        #expect(try await bench.book.queue().isEmpty)
    }

    @Test func twoCellsThatEachNeedAllHostsDoNotBlockEachOther() async throws {
        let bench = try StaticBench()
        let platform = try bench.platform([bench.machine(1), bench.machine(2)], wait: .zero)
        let cells = [bench.cell(2, name: "a"), bench.cell(2, name: "b"), bench.cell(1, name: "c")]
        // Cells of one run wait for each other even if `wait` is 0.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for cell in cells {
                group.addTask { for resource in try await bench.lend(platform, cell) { try await platform.destroy(resource) } }
            }
            try await group.waitForAll()
        }
        #expect(try await bench.book.hosts().allSatisfy { $0.holder == nil })
    }

    /// The moment between one cell's hosts coming back and the next one taking them.
    @Test func aCellThatComesEarlierInTheSameRunIsWaitedForWhileNobodyHasAHost() async throws {
        let bench = try StaticBench()
        let platform = try bench.platform([bench.machine(1)], wait: .zero)
        let earlier = try await bench.book.join("farm", run: first, cell: "a", count: 1, machines: [bench.machine(1).id])
        let told = AsyncStream<String>.makeStream()
        let cell = bench.cell()
        let waiting = Task {
            defer { told.continuation.finish() }
            try await platform.reserve(cell, run: first, expires: nil) { told.continuation.yield($0) }
        }
        #expect(await told.stream.first { _ in true } == "waiting for 1 host of debian12: 1 cell came earlier")
        try await bench.book.leave(earlier)
        try await waiting.value
        #expect(try await bench.book.hosts().first?.holder?.run == first)
    }

    @Test func aHostThatAnotherStateFoldersRunHasIsWaitedForAndThenTaken() async throws {
        let bench = try StaticBench()
        let isHeld = MutexBox(true)
        bench.host.answer { command in
            guard String(decoding: command.input ?? [], as: UTF8.self).contains(#"echo "held"#), isHeld.current else { return nil }
            return CommandResult(exitStatus: HostScript.stop, standardOutput: Array("held 261123-010203-abcd 1795500000\n".utf8))
        }
        let told = MutexBox<[String]>([])
        let platform = try bench.platform([bench.machine(1)])
        let waiting = Task { try await platform.reserve(bench.cell(), run: first, expires: nil) { text in told.with { $0.append(text) } } }
        try #require(await eventually { !told.current.isEmpty })
        #expect(
            told.current[0]
                == "waiting for 1 host of debian12: rpi-1 is held by run 261123-010203-abcd of another state "
                + "folder until 2026-11-24T06:00:00.000Z"
        )
        // Meanwhile it is nobody's in this ledger, and nothing was done to it.
        #expect(try await bench.book.hosts().first?.holder == nil)
        #expect(bench.host.commands.allSatisfy { String(decoding: $0.input ?? [], as: UTF8.self).contains("/var/lib/solti-matrix") })
        isHeld.with { $0 = false }
        try await waiting.value
        #expect(try await bench.book.hosts().first?.holder?.run == first)
        let impatient = try bench.platform([bench.machine(2)], run: second, wait: .zero)
        isHeld.with { $0 = true }
        let error = await #expect(throws: InfrastructureError.self) {
            try await impatient.reserve(bench.cell(), run: second, expires: nil) { _ in }
        }
        #expect(
            error?.why.hasPrefix("rpi-2 is held by run 261123-010203-abcd of another state folder") == true, "\(String(describing: error))")
        #expect(try await bench.book.hosts().filter { $0.holder?.run == second } == [])
    }

    @Test func everyHostOfACellIsLeasedOnItselfToo() async throws {
        let bench = try StaticBench()
        let platform = try bench.platform([bench.machine(1), bench.machine(2)])
        let all = try await bench.lend(platform, bench.cell(2))
        #expect(Set(all.map(\.id)) == ["rpi-1", "rpi-2"])
        let leases = bench.host.commands.filter { String(decoding: $0.input ?? [], as: UTF8.self).contains(#"echo "held"#) }
        // Each when it is reserved, and again when it is changed.
        #expect(leases.count == 4 && leases.allSatisfy { $0.user == "root" && $0.arguments.contains("first") })
    }

    @Test func whatAnotherStateFolderLeftOnAHostIsUndoneFirst() async throws {
        let bench = try StaticBench()
        bench.host.answer(
            #"echo "held"#,
            output:
                "taken\n{\"accounts\":[\"stranger\"],\"keys\":{},\"shells\":{},\"memberships\":{},"
                + "\"files\":[],\"packages\":[],\"unknown\":[]}\n",
            exitStatus: HostScript.stop)
        let platform = try bench.platform([bench.machine(1)])
        try await platform.reserve(bench.cell(), run: first, expires: nil) { _ in }
        let inputs = bench.host.commands.map { String(decoding: $0.input ?? [], as: UTF8.self) }
        let undone = try #require(inputs.firstIndex { $0.contains("remove_account stranger") })
        #expect(inputs.dropFirst(undone).contains { $0.contains(#"|| rm -f "$at/changes""#) })
        #expect(try await bench.book.hosts().first.map { $0.changes == nil && !$0.needsReset } == true)
    }

    @Test func withoutPatienceThereIsAClearError() async throws {
        let bench = try StaticBench()
        _ = try await bench.lend(try bench.platform([bench.machine(1)]), bench.cell())
        let other = try bench.platform([bench.machine(1)], run: second, wait: .zero)
        let error = await #expect(throws: InfrastructureError.self) {
            try await other.reserve(bench.cell(), run: second, expires: nil) { _ in }
        }
        #expect(error?.why.contains("rpi-1 is held by debian12-farm of run first") == true && error?.isTransient == false)
        #expect(try await bench.book.queue().isEmpty)
    }

    @Test func aCancelledWaitLeavesTheQueue() async throws {
        let bench = try StaticBench()
        _ = try await bench.lend(try bench.platform([bench.machine(1)]), bench.cell())
        let other = try bench.platform([bench.machine(1)], run: second)
        let cell = bench.cell()
        let waiting = Task { try await other.reserve(cell, run: second, expires: nil) { _ in } }
        try #require(await eventually { try await !bench.book.queue().isEmpty })
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(try await bench.book.queue().isEmpty)
    }

    @Test func aFailedResetIsQuarantinedAndNeitherLentNorTriedAgain() async throws {
        let bench = try StaticBench()
        bench.host.answer("uninstall-k3s")
        let platform = try bench.platform([bench.machine(1), bench.machine(2)], reset: [.init(name: "k3s", script: "uninstall-k3s")])
        let made = try #require(try await bench.lend(platform, bench.cell()).first)
        bench.host.answer("uninstall-k3s", error: "k3s-agent is busy", exitStatus: 1)
        let error = await #expect(throws: InfrastructureError.self) { try await platform.destroy(made) }
        #expect(error?.next == "repair it, then: matrix pool lift rpi-1" && error?.isTransient == false)
        let tries = bench.host.commands.count
        await #expect(throws: InfrastructureError.self) { try await platform.destroy(made) }
        #expect(bench.host.commands.count == tries)
        #expect(try await bench.book.hosts().first?.quarantine?.why == "reset step k3s on rpi-1: k3s-agent is busy")
        bench.host.answer("uninstall-k3s")
        #expect(try await bench.lend(platform, bench.cell(), run: second).map(\.id) == ["rpi-2"])
        let third = await #expect(throws: InfrastructureError.self) {
            try await platform.reserve(bench.cell(2), run: RunID("third"), expires: nil) { _ in }
        }
        #expect(third?.next == "repair them, then: matrix pool lift rpi-1")
    }

    /// Without the run's key nobody could take the cluster off, and without its lease somebody else would get the host with it.
    @Test func aHostWithARestOfTheRunsClusterIsNotHandedBack() async throws {
        let bench = try StaticBench()
        let platform = try bench.platform([bench.machine(1)])
        let made = try #require(try await bench.lend(platform, bench.cell()).first)
        bench.host.answer("k3s/cluster", output: "cluster debian12-k3s-first\n", exitStatus: HostScript.stop)
        let error = await #expect(throws: InfrastructureError.self) { try await platform.destroy(made) }
        #expect(error?.why == "the cluster debian12-k3s-first is still on it" && error?.type == "matrix.pool.cluster")
        #expect(error?.next?.contains("matrix reap --yes") == true)
        #expect(!bench.host.commands.contains { String(decoding: $0.input ?? [], as: UTF8.self).contains("remove_key") })
        let record = try #require(try await bench.book.hosts().first)
        #expect(record.holder?.run == first && record.quarantine == nil)
        // That of another run is nothing of ours.
        bench.host.answer("k3s/cluster")
        try await platform.destroy(made)
        #expect(try await bench.book.hosts().first?.holder == nil)
    }

    @Test func aHostThatCannotBeResetBeforeItIsLentMakesWayForAnother() async throws {
        let bench = try StaticBench()
        bench.unplug("rpi-1")
        let platform = try bench.platform([bench.machine(1), bench.machine(2)], reset: [.init(name: "k3s", script: "uninstall-k3s")])
        bench.host.answer("uninstall-k3s")
        #expect(try await bench.lend(platform, bench.cell()).map(\.id) == ["rpi-2"])
        #expect(try await bench.book.hosts().map { $0.quarantine?.why.contains("no route to host") } == [true, nil])
    }

    @Test func whatWasReservedAndNotTouchedIsGivenBackWithoutAReset() async throws {
        let bench = try StaticBench()
        let platform = try bench.platform([bench.machine(1), bench.machine(2)])
        try await platform.reserve(bench.cell(2), run: first, expires: nil) { _ in }
        let left = try await platform.remaining(of: first)
        #expect(left.map(\.name).sorted() == ["debian12-farm-host-1-first", "debian12-farm-host-2-first"])
        for resource in left { try await platform.destroy(resource) }
        // The hosts' own leases were taken and given up, and nothing else done.
        let inputs = bench.host.commands.map { String(decoding: $0.input ?? [], as: UTF8.self) }
        #expect(inputs.count == 4)
        #expect(inputs.prefix(2).allSatisfy { $0.contains(#"echo "held"#) })
        #expect(inputs.suffix(2).allSatisfy { $0.contains(#"rmdir --ignore-fail-on-non-empty "$at""#) })
        #expect(try await bench.book.hosts().allSatisfy { $0.holder == nil })
    }

    @Test("the only host of a cell is opened when it is reserved, and loses the run's key if it is never created")
    func aReservedHostOfOne() async throws {
        let bench = try StaticBench()
        let platform = try bench.platform([bench.machine(1)])
        try await platform.reserve(bench.cell(), run: first, expires: nil) { _ in }
        // The ledger knows it before anybody asks for the host.
        #expect(try await bench.book.hosts().first?.changes.flatMap(HostChanges.init)?.accounts == ["lavender"])
        for resource in try await platform.remaining(of: first) { try await platform.destroy(resource) }
        let inputs = bench.host.commands.map { String(decoding: $0.input ?? [], as: UTF8.self) }
        #expect(inputs.contains { $0.contains("remove_key pi") })
        let record = try #require(try await bench.book.hosts().first)
        #expect(record.holder == nil && record.changes == nil && !record.needsReset)
    }

    // MARK: - Connections

    @Test("one login a host and run, and a session for a phase: preflight, lease and opening, hand-back")
    func oneConnection() async throws {
        let bench = try StaticBench()
        let platform = try bench.platform([bench.machine(1)])
        _ = await platform.preflight([bench.cell()])
        let made = try #require(try await bench.lend(platform, bench.cell()).first)
        let endpoint = try await platform.ready(made, for: bench.cell()) { _ in }
        let lent = try #require(try await platform.connection(to: made, at: endpoint))
        #expect(lent.facts?.isSystem(Samples.debian12.release) == true)
        await lent.close()
        #expect(!bench.host.isClosed)
        try await platform.destroy(made)
        #expect(bench.connections.count == 1)
        // What the real connection has asked when it was opened, this one is asked by a session of the preflight.
        #expect(bench.sessions == 3)
        await platform.close()
        #expect(bench.host.isClosed)
        #expect(try await platform.connection(to: made, at: endpoint) == nil)
    }

    @Test("a connection that broke since it was used last is opened again, once")
    func aBrokenConnection() async throws {
        let bench = try StaticBench()
        let platform = try bench.platform([bench.machine(1)])
        let made = try #require(try await bench.lend(platform, bench.cell()).first)
        let isBroken = MutexBox(true)
        bench.host.answer { _ in
            guard isBroken.current else { return nil }
            isBroken.with { $0 = false }
            throw InfrastructureError("the SSH connection to rpi-1 was lost", why: "it was closed", type: .sshLost)
        }
        try await platform.destroy(made)
        #expect(bench.connections.count == 2)
        #expect(try await bench.book.hosts().first?.holder == nil)
    }

    @Test("a host that does not answer is waited for once: not by the lease, the create and the cleanup again")
    func aDeadHost() async throws {
        let bench = try StaticBench()
        bench.unplug("rpi-1")
        let platform = try bench.platform([bench.machine(1)])
        _ = await platform.preflight([bench.cell()])
        let error = await #expect(throws: InfrastructureError.self) { _ = try await bench.lend(platform, bench.cell()) }
        #expect(error?.why == "no route to host, for 5m00s" && error?.type == "matrix.ssh.unreachable")
        #expect(bench.connections.count == 1)
        let record = try #require(try await bench.book.hosts().first)
        #expect(record.holder == nil && record.quarantine == nil)
    }

    @Test("cells are lent the hosts that answer, as long as these are enough")
    func aDeadHostAmongOthers() async throws {
        let bench = try StaticBench()
        bench.unplug("rpi-1")
        let platform = try bench.platform([bench.machine(1), bench.machine(2)], wait: .zero)
        _ = await platform.preflight([bench.cell()])
        let made = try #require(try await bench.lend(platform, bench.cell(name: "a")).first)
        #expect(made.id == "rpi-2")
        let second = bench.cell(name: "b")
        let waiting = Task { try await bench.lend(platform, second).map(\.id) }
        try #require(await eventually { try await !bench.book.queue().isEmpty })
        try await platform.destroy(made)
        #expect(try await waiting.value == ["rpi-2"])
    }

    @Test("cells whose hosts have answered are possible while another host is still asked")
    func possibleCells() async throws {
        let bench = try StaticBench()
        bench.silence("rpi-1")
        let platform = try bench.platform([bench.machine(1), bench.machine(2), bench.machine(3)])
        let possible = AsyncStream<String>.makeStream()
        let cells = [bench.cell(name: "a"), bench.cell(2, name: "b"), bench.cell(3, name: "c")]
        let asking = Task { await platform.preflight(cells) { possible.continuation.yield($0) } }
        var told: Set<String> = []
        for await name in possible.stream.prefix(2) { told.insert(name) }
        #expect(told == ["a", "b"])
        asking.cancel()
        let problems = await asking.value
        #expect(problems.first { $0.severity == .warning }?.message == "host rpi-1: it has not answered so far (no answer)")
        #expect(problems.filter { $0.severity == .error }.map(\.cells) == [["c"]])
    }

    @Test func preflightNamesEveryProblemAtOnce() async throws {
        let bench = try StaticBench()
        bench.unplug("rpi-2")
        let platform = try bench.platform([bench.machine(1), bench.machine(2), bench.machine(3, os: "debian13")])
        let cells = [
            bench.cell(2, name: "a"), bench.cell(1, name: "b"), bench.cell(1, name: "c", os: Samples.debian13),
            bench.cell(1, name: "d", os: Samples.rocky9),
        ]
        let problems = await platform.preflight(cells)
        #expect(
            problems.filter { $0.severity == .warning }.map(\.message) == [
                "host rpi-2 of farm cannot be reached: no route to host, for 5m00s", "host rpi-3 is debian 12, not debian13",
            ])
        let errors = problems.filter { $0.severity == .error }
        #expect(errors.map(\.cells) == [["a"], ["c"], ["d"]])
        #expect(
            errors[0].message.hasPrefix(
                "the pool farm is too small: a needs 2 hosts of debian12, and there is rpi-1, rpi-2 (unusable); host rpi-2"))
        #expect(errors[2].message == "the pool farm is too small: d needs 1 host of rocky9, and there is none that fits")
        // Nothing is leased and nothing changed.
        #expect(try await bench.book.hosts().isEmpty)
        #expect(bench.host.commands.allSatisfy { String(decoding: $0.input ?? [], as: UTF8.self).contains("os-release") })
    }
}
