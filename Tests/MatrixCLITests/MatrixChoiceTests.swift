import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixCLI

/// Which matrix a command takes that names none.
@Suite struct MatrixChoiceTests {
    @Test func onlyMatrixFilesOfTheFolderCount() throws {
        let folder = try TemporaryFolder()
        try folder.put("matrices/site.yml", "version: 1\naxes: { os: [debian12] }\n")
        try folder.put("matrices/site-greeting.yml", "kind: ConfigMap\n")
        try folder.put("matrices/platforms/podman.yml", "platforms: {}\n")
        #expect(MatrixChoice.candidates(in: folder.path) == ["matrices/site.yml"])
        try folder.put("matrices/lab.yaml", "axes:\n  os: [debian12]\n")
        #expect(MatrixChoice.candidates(in: folder.path) == ["matrices/lab.yaml", "matrices/site.yml"])
    }

    @Test func belowTheProjectItsFolderIsFound() throws {
        let folder = try TemporaryFolder()
        try folder.put(".matrix/x", "")
        try folder.put("roles/web/main.yml", "axes: none\n")
        try folder.put("matrices/site.yml", "axes: { os: [debian12] }\n")
        #expect(MatrixChoice.candidates(in: "\(folder.path)/roles/web").map { $0.hasSuffix("/matrices/site.yml") } == [true])
    }

    @Test func aNumberOrANameChooses() {
        let files = ["matrices/lab.yml", "matrices/site.yml"]
        #expect(MatrixChoice.choice("2", of: files) == "matrices/site.yml")
        #expect(MatrixChoice.choice("lab", of: files) == "matrices/lab.yml")
        #expect(MatrixChoice.choice("matrices/lab.yml", of: files) == "matrices/lab.yml")
        for none in ["0", "3", "lib", ""] { #expect(MatrixChoice.choice(none, of: files) == nil) }
    }

    @Test func aGivenFileIsTaken() throws {
        #expect(try MatrixChoice.file("x.yml", for: "matrix run") == "x.yml")
    }
}
