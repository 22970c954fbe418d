import Testing

@testable import MatrixPlatforms

struct AptConfigurationTests {
    private static let debian = "PRETTY_NAME=\"Debian\"\nVERSION_CODENAME=bookworm\nID=debian\n"

    @Test func readsStanzas() {
        let sources = """
            Types: deb
            # http://snapshot.invalid/archive
            URIs: http://mirror.invalid/debian
            Suites: bookworm bookworm-updates
            Components: main

            Types: deb
            URIs: http://mirror.invalid/debian-security
            Suites: bookworm-security
            Components: main

            Enabled: no
            Types: deb
            URIs: http://other.invalid/debian
            Suites: bookworm
            """
        let apt = AptConfiguration(release: Self.debian, sources: sources, settings: "")
        #expect(apt == AptConfiguration(release: Self.debian, sources: sources.replacing("\n", with: "\r\n"), settings: ""))
        #expect(
            apt.sources(for: "trixie") == [
                "deb http://mirror.invalid/debian trixie main", "deb http://mirror.invalid/debian trixie-updates main",
                "deb http://mirror.invalid/debian-security trixie-security main",
            ])
    }

    @Test func readsOneLineSources() {
        let sources = "# a comment\ndeb [arch=amd64 signed-by=/x.gpg] https://mirror.invalid/debian bookworm main contrib\n"
        let apt = AptConfiguration(release: Self.debian, sources: sources, settings: "")
        #expect(apt.mirror == "https://mirror.invalid/debian")
        #expect(apt.security == nil)
    }

    @Test(arguments: ["file:/srv/mirror", "http://127.0.0.1:3142/debian", "https://me:secret@mirror.invalid/debian"])
    func leavesOutWhatAContainerCannotUse(_ address: String) {
        let apt = AptConfiguration(
            release: Self.debian, sources: "deb \(address) bookworm main\n", settings: "Acquire::http::Proxy \"\(address)\";\n")
        #expect(apt == AptConfiguration())
    }

    @Test func takesOverProxyAndChecks() {
        let settings =
            "APT \"\";\nAcquire::http::Proxy \"http://proxy.invalid:3128\";\nAcquire::Check-Valid-Until "
            + "\"false\";\nAcquire::Languages \"none\";\n"
        let apt = AptConfiguration(release: "ID=fedora\n", sources: "deb http://mirror.invalid/debian bookworm main\n", settings: settings)
        #expect(apt.options == ["Acquire::http::Proxy \"http://proxy.invalid:3128\";", "Acquire::Check-Valid-Until \"false\";"])
        #expect(apt.mirror == nil)
    }
}
