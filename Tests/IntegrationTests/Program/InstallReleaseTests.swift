import Foundation
import IntegrationSupport
import Testing

/// `install.sh --from`, which needs no compiler.
@Suite(.requires(.helperPrograms, .curl)) struct InstallReleaseTests {
    static let files = [
        "lib/matrix/matrix", "lib/matrix/matrix_MatrixReports.resources/Resources/page.mustache", "share/man/man1/matrix.1",
        "share/zsh/site-functions/_matrix",
    ]

    @Test func releaseIsInstalledAndReplaced() throws {
        let release = try FakeRelease()
        for _ in 1...2 {
            let result = try release.install("--from", release.tarball)
            try #require(result.status == 0, "\(result.output)")
            #expect(result.output.contains("installed 0.0.1 (a fake) as \(release.prefix)/bin/matrix"))
            #expect(!result.output.contains("unchecked"))
        }
        #expect(release.installed == Self.files)
        #expect(try Shell.run("\(release.prefix)/bin/matrix").output == "0.0.1 (a fake)\n")
    }

    @Test func releaseIsDownloadedWithItsChecksums() throws {
        let release = try FakeRelease()
        let url = URL(fileURLWithPath: release.tarball).absoluteString
        let result = try release.install("--from", url)
        #expect(result.status == 0 && !result.output.contains("unchecked"), "\(result.output)")
        #expect(release.installed == Self.files)
        try release.project.write("0000  solti-matrix-0.0.1-any.tar.gz\n", to: "SHA256SUMS")
        #expect(try release.install("--from", url).output.contains("is not what was released"))
        let missing = try release.install("--from", url + "/nothing.tar.gz")
        #expect(missing.status == 1 && missing.output.contains("cannot be downloaded"))
    }

    @Test func unpackedReleaseInstallsItself() throws {
        let release = try FakeRelease()
        let result = try release.run(release.ownScript, [])
        #expect(result.status == 0, "\(result.output)")
        #expect(release.installed == Self.files)
    }

    @Test func releaseWithoutChecksumsIsInstalledAndSaysSo() throws {
        let release = try FakeRelease()
        try FileManager.default.removeItem(at: release.project.url.appendingPathComponent("SHA256SUMS"))
        let result = try release.install("--from", release.tarball)
        #expect(
            result.status == 0
                && result.output.contains("there is no SHA256SUMS beside solti-matrix-0.0.1-any.tar.gz: it is installed unchecked"))
    }

    @Test func otherFileThanWasReleasedIsRefused() throws {
        let release = try FakeRelease()
        try release.writeSum(of: "solti-matrix-0.0.1-any/lib/matrix/matrix", as: "solti-matrix-0.0.1-any.tar.gz")
        let changed = try release.install("--from", release.tarball)
        #expect(changed.status == 1 && changed.output.contains("solti-matrix-0.0.1-any.tar.gz is not what was released"))
        try release.writeSum(of: "solti-matrix-0.0.1-any.tar.gz", as: "solti-matrix-0.0.2-any.tar.gz")
        let unnamed = try release.install("--from", release.tarball)
        #expect(unnamed.status == 1 && unnamed.output.contains("SHA256SUMS does not name solti-matrix-0.0.1-any.tar.gz"))
        #expect(release.installed.isEmpty)
    }

    @Test func programThatDoesNotRunHereIsRefusedBeforeAnythingIsInstalled() throws {
        let release = try FakeRelease(program: "#!/bin/sh\necho 'libxml2.so.2: cannot open shared object file' >&2\nexit 127\n")
        let result = try release.install("--from", release.tarball)
        #expect(result.status == 1)
        #expect(result.output.contains("this release does not run here: libxml2.so.2: cannot open shared object file"))
        #expect(result.output.contains("apt-get install libxml2"))
        #expect(release.installed.isEmpty)
    }

    @Test func tarballThatIsNoReleaseIsRefused() throws {
        let release = try FakeRelease()
        let other = release.project.url.appendingPathComponent("other.tar.gz").path
        try #require(try Shell.run("tar", "-czf", other, "-C", release.project.url.path, "SHA256SUMS").status == 0)
        try FileManager.default.removeItem(at: release.project.url.appendingPathComponent("SHA256SUMS"))
        let result = try release.install("--from", other)
        #expect(result.status == 1 && result.output.contains("it is no release of matrix"), "\(result.output)")
    }

    @Test(arguments: [
        (["--from", "/nowhere/solti-matrix.tar.gz"], 1, "there is no file /nowhere/solti-matrix.tar.gz"),
        (["--from", "/nowhere/matrix.zip"], 2, "is no release"),
        (["--from", "/nowhere/solti-matrix.deb"], 2, "a .deb goes to /usr"),
        (["--from", "/nowhere/solti-matrix.tar.gz", "--binary", "/nowhere/matrix"], 2, "exclude each other"),
        (["--from"], 2, "--from needs a value"),
    ])
    func whatIsNoReleaseIsRefused(arguments: [String], status: Int32, message: String) throws {
        let release = try FakeRelease()
        let result = try release.run(Project.repository.appendingPathComponent("install.sh").path, arguments)
        #expect(result.status == status && result.output.contains(message), "\(result.output)")
    }
}
