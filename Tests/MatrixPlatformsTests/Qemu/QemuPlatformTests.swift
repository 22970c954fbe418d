import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms

struct QemuPlatformTests {
    private func platform(_ state: String, _ surroundings: QemuSurroundings, runner: ScriptedTransport = ScriptedTransport())
        -> QemuPlatform
    {
        let context = PlatformContext(
            state: state, access: RunAccess(directory: state, publicKey: Samples.access.publicKey), runner: runner, redactor: Redactor())
        return QemuPlatform(name: "qemu", settings: QemuSettings(), context: context, surroundings: surroundings)
    }

    @Test func aCellIsANetworkAndThenItsHosts() {
        let cell = QemuSamples.cell(hosts: [HostPlan(name: "c-server-1"), HostPlan(name: "c-client-1")])
        let stages = platform("/s", QemuSamples.surroundings()).resources(for: cell, run: QemuSamples.run, expires: nil)
        #expect(stages.map { $0.map(\.kind) } == [["network"], ["guest", "guest"]])
        #expect(stages[1].allSatisfy { $0.details["network"] == stages[0][0].name })
    }

    @Test("What runs without a folder is found by its command line; what another state folder has is not ours")
    func findsStrays() async throws {
        let folder = try TemporaryFolder()
        let mark = try GuestShelf(state: folder.path).mark()
        let resource = QemuSamples.resource()
        let processes = MutexBox([
            try #require(QemuSamples.process(resource, mark: mark)), try #require(QemuSamples.process(resource, mark: "another", pid: 8)),
        ])
        let platform = platform(folder.path, QemuSamples.surroundings(processes: processes))
        let found = try await platform.remaining(of: QemuSamples.run)
        #expect(found.map(\.name) == [resource.name])
        #expect(found.map(\.expires) == [resource.expires])
        try await platform.destroy(resource)
        #expect(processes.current.map(\.pid) == [8])
        #expect(try await platform.remaining(of: QemuSamples.run) == [])
    }

    @Test func aGuestIsReadyWhenItsServerAnswers() async throws {
        let folder = try TemporaryFolder()
        let resource = QemuSamples.resource()
        _ = try GuestShelf(state: folder.path).make(resource)
        let endpoint = try await platform(folder.path, QemuSamples.surroundings()).ready(resource, for: QemuSamples.cell()) { _ in }
        #expect(endpoint.address == "127.0.0.1")
        #expect(endpoint.port == 2201)
        #expect(endpoint.user == "matrix")
        #expect(endpoint.internalAddress == "10.77.0.11")
    }

    @Test func aGuestWhoseQEMUHasEndedIsNotWaitedFor() async throws {
        let folder = try TemporaryFolder()
        let shelf = GuestShelf(state: folder.path)
        let resource = QemuSamples.resource()
        let place = try shelf.make(resource)
        try NewFile.write("Booting\n[    1.0] Kernel panic - not syncing: VFS\n", to: "\(place)/console.log")
        let platform = platform(folder.path, QemuSamples.surroundings(ssh: { _ in false }))
        let error = await #expect(throws: InfrastructureError.self) {
            try await platform.ready(resource, for: QemuSamples.cell()) { _ in }
        }
        #expect(error?.why.contains("Kernel panic") == true)
        let evidence = await platform.evidence(of: resource)
        #expect(evidence.map(\.name) == ["console"])
        #expect(evidence[0].advice?.contains("kernel panicked") == true)
    }

    @Test("A guest whose disk cannot be written says so", arguments: [("io-error", "free space"), ("internal-error", "tcg")])
    func pausedGuest(status: String, words: String) async throws {
        let folder = try TemporaryFolder()
        let shelf = GuestShelf(state: folder.path)
        let resource = QemuSamples.resource()
        _ = try shelf.make(resource)
        let processes = MutexBox([try #require(QemuSamples.process(resource, mark: try shelf.mark()))])
        let surroundings = QemuSamples.surroundings(
            processes: processes, answers: [.status: ["status": .string(status)]], ssh: { _ in false })
        let platform = platform(folder.path, surroundings)
        let error = await #expect(throws: InfrastructureError.self) {
            try await platform.ready(resource, for: QemuSamples.cell()) { _ in }
        }
        #expect(error?.why.contains(words) == true)
        #expect(await platform.trouble(with: resource)?.contains(words) == true)
    }

    @Test("A cell waits until other guests have left enough memory")
    func memory() throws {
        let processes = MutexBox<[GuestProcess]>([])
        let book = MemoryBook(QemuSamples.surroundings(memory: 8 << 30, processes: processes))
        #expect(book.promise(["a": 4 << 30]) == nil)
        #expect(book.promise(["a": 4 << 30]) == nil, "the same guest again")
        #expect(book.promise(["b": 4 << 30])?.contains("waiting for memory") == true)
        book.release("a")
        #expect(book.promise(["b": 4 << 30]) == nil)
        book.release("b")
        let other = try #require(QemuSamples.process(QemuSamples.resource(), mark: "another"))
        processes.with { $0 = [other] }
        #expect(book.promise(["c": 7 << 30]) != nil, "a guest of another run counts")
    }
}
