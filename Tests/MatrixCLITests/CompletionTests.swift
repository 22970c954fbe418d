import ArgumentParser
import Foundation
import MatrixCore
import MatrixLedger
import MatrixTesting
import Testing

@testable import MatrixCLI

/// What a shell offers.
@Suite struct CompletionTests {
    private let folder: TemporaryFolder
    private let file: String

    init() throws {
        folder = try TemporaryFolder()
        file = try folder.put(
            "shop.yml",
            """
            version: 1
            axes: { os: [debian12, debian13], platform: [podman] }
            include: [{ os: rocky9, platform: podman }]
            vars: { domain: a.example, size: 2 }
            deploy: [{ shell: "true", tags: [web, quick] }]
            verify: [{ service: ssh, tags: slow }]
            """)
    }

    private func candidates(_ words: String...) -> FileCandidates { FileCandidates(words: ["matrix", "run", file] + words) }

    @Test func theMatrixFileOffersItsCellsAxesTagsAndVariables() {
        let words = candidates("--cell", "")
        #expect(words.cells == ["debian12-podman", "debian13-podman", "rocky9-podman"])
        #expect(words.conditions == ["os=debian12", "os=debian13", "platform=podman", "os=rocky9"])
        #expect(words.tags == ["quick", "slow", "web"])
        #expect(words.settings == ["vars.domain=", "vars.size="])
    }

    @Test func anOptionsFileIsNotTheMatrix() throws {
        let scenario = try folder.put("fast.yml", "speed: 9\n")
        #expect(CompletedWords(["matrix", "run", "--scenario", scenario, file]).file == file)
        #expect(CompletedWords(["matrix", "check", "host", "-f", file]).file == file)
        #expect(CompletedWords(["matrix", "ssh", "--state", "=", "/s"]).value(of: "--state") == "/s")
        #expect(CompletedWords(["matrix", "ssh", "--state='/s t'"]).value(of: "--state") == "/s t")
        #expect(CompletedWords(["matrix", "ssh", "--state"]).value(of: "--state") == nil)
    }

    @Test func aBrokenFileOffersNothing() throws {
        let broken = try folder.put("broken.yml", "axes: [")
        let words = FileCandidates(words: ["matrix", "run", broken])
        #expect(words.cells.isEmpty && words.conditions.isEmpty && words.tags.isEmpty && words.settings.isEmpty)
    }

    @Test func theStateOffersCellsHostsAndRuns() async throws {
        let state = try StateFolder(folder.path)
        let run = RunID("261123-050122-test")
        let record = RunRecord(
            run: run, matrix: "m", file: file, started: .now, owner: .nobody, platforms: [:], reports: "\(folder.path)/reports")
        try await state.ledger.begin(record)
        for host in ["shop-web-1", "shop-db-1"] {
            _ = try await state.ledger.intend(
                Resource(platform: "podman", kind: "container", name: "\(host)-x", id: "", run: run, cell: "shop", host: host))
        }
        let words = StateCandidates(words: ["matrix", "ssh", "--state", folder.path, ""])
        #expect(await words.cells == ["shop"])
        #expect(await words.hosts == ["shop", "shop:web-1", "shop:db-1"])
        #expect(await words.runs == [run.value])
        #expect(await words.interruptedRuns == [run.value])
    }

    @Test func aCompletionCreatesNoState() async throws {
        let words = StateCandidates(words: ["matrix", "ssh", "--state", "\(folder.path)/none", ""])
        let (hosts, pools) = (await words.hosts, await words.poolHosts)
        #expect(hosts.isEmpty && pools.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/none"))
    }

    @Test(arguments: [CompletionShell.bash, .zsh, .fish]) func theScriptsCompleteFilesAndAskForTheRest(_ shell: CompletionShell) {
        let script = MatrixCommand.completionScript(for: shell)
        #expect(script.contains("yml") && script.contains("---completion"))
        for word in ["failed", "rocky10", "debian12"] { #expect(script.contains(word), "\(word)") }
    }
}
