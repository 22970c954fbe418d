import Foundation
import IntegrationSupport
import Testing

/// `install.sh` with the built program.
@Suite(.requires(.programs, .helperPrograms)) struct InstallTests {
    @Test func programCompletionsAndManualsAreInstalled() async throws {
        let project = try Project()
        let prefix = project.url.appendingPathComponent("opt with blanks").path
        let script = Project.repository.appendingPathComponent("install.sh").path
        for _ in 1...2 {
            let result = try Shell.run("sh", script, "--binary", MatrixProcess.executable, "--prefix", prefix)
            try #require(result.status == 0, "\(result.output)")
        }
        let version = try Shell.run("\(prefix)/bin/matrix", "--version")
        #expect(version.status == 0 && version.output.hasPrefix("0."))
        #expect(try Shell.run("bash", "-n", "\(prefix)/share/bash-completion/completions/matrix").status == 0)
        for path in ["share/zsh/site-functions/_matrix", "share/fish/vendor_completions.d/matrix.fish"] {
            #expect(try String(contentsOfFile: "\(prefix)/\(path)", encoding: .utf8).contains("doctor"))
        }
        let manual = try String(contentsOfFile: "\(prefix)/share/man/man1/matrix-run.1", encoding: .utf8)
        #expect(manual.contains(".Nm matrix-run") && manual.contains(#"\-\-shard"#))
        let contents = try FileManager.default.contentsOfDirectory(atPath: "\(prefix)/lib/matrix")
        #expect(contents.contains("matrix") && contents.contains { $0.hasSuffix("_MatrixReports.resources") })
    }

    @Test func whatIsNoProgramIsRefused() throws {
        let project = try Project()
        let script = Project.repository.appendingPathComponent("install.sh").path
        #expect(try Shell.run("sh", script, "--binary", "/nowhere/matrix", "--prefix", project.url.path).status == 1)
        #expect(try Shell.run("sh", script, "--nonsense").status == 2)
    }
}
