import Foundation
import MatrixCore
import MatrixFile
import MatrixTesting
import Testing

/// Every text of a matrix file gives a plan or diagnostics.
@Suite(.timeLimit(.minutes(10))) struct FuzzTests {
    @Test(arguments: [false, true]) func matrixFile(isOffline: Bool) throws {
        let samples = (Fixtures.names("valid-") + Fixtures.names("invalid-")).compactMap {
            try? String(contentsOfFile: "\(Fixtures.folder)/\($0)", encoding: .utf8)
        }
        var fuzzer = Fuzzer(
            "matrix-file-\(isOffline)", samples: samples,
            words: [
                "${vars.", "${env.HOME}", "${axis.", "${secrets.", "${path.", "axes: ", "sample: pairwise\n", "exclude:\n", "include:\n",
                "cells:\n",
                "count: ", "where: ", "when: ", "{ os: debian12, platform: podman }", "[debian12, debian13]", "vault: ", "&x ", "*x",
                "<<: *x",
            ])
        let folder = try TemporaryFolder()
        let loader = MatrixLoader(
            deployers: TestKinds.deployers, checks: TestKinds.checks, drivers: TestKinds.drivers, environment: ["HOME": folder.path],
            isOffline: isOffline)
        try fuzzer.run { bytes in
            let path = "\(folder.path)/m.yml"
            try Data(bytes).write(to: URL(filePath: path))
            do {
                _ = try loader.load(path, selection: Selection(shard: ShardChoice("1/2")))
            } catch let error as UsageError {
                #expect(!error.diagnostics.isEmpty && error.description.utf8.count < 1 << 20)
            }
            _ = try? loader.loadChecks(CheckFile(path), for: cell)
        }
    }

    private let cell = CellPlan(
        name: "c", point: [],
        os: OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12")),
        platform: "ssh", hosts: [HostPlan(name: "c")])
}
