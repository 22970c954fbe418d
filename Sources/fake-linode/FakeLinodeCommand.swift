import ArgumentParser
import Foundation
import MatrixCore
import MatrixTesting
import UnixSignals

/// Serves a fake Linode until it is told to end, for scripts: `eval "$(…)"` of its first lines points `matrix` at it.
@main struct FakeLinodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fake-linode", abstract: "A fake Linode on 127.0.0.1 whose instances are Podman containers.",
        discussion: """
            Makes the hosts' images first, where they are not there, which takes minutes. Then prints the environment that points \
            matrix at it, with a comment for each system that only has a stand-in, and serves until SIGINT or SIGTERM. GET /fake \
            shows what it holds. It ends with status 1 where an instance is left or a request broke the official description.
            """)

    @Option(help: "The port; any that is free where it is left out.") var port = 0
    @Option(help: "How long its machines take, as part of what real ones take.") var timeScale = 0.1
    @Option(help: "The state folder.") var state = ".matrix"
    @Option(parsing: .upToNextOption, help: "The systems that it has hosts of.") var systems = ["rocky9", "rocky10", "debian12"]
    @Flag(inversion: .prefixedNo, help: "Whether real hosts stand behind its instances; they need root.") var hosts = true

    mutating func run() async throws {
        var settings = FakeLinodeSettings()
        settings.timeScale = timeScale
        settings.token = "fake-\(UUID().uuidString.lowercased())"
        let folder = URL(fileURLWithPath: state).path
        let lender = hosts ? try await RealHosts.make(of: systems, state: folder) { Self.say("# \($0)") } : nil
        let fake = FakeLinode(settings, hosts: lender)
        let server = try await FakeLinodeServer.start(fake, port: port)
        Self.say("export LINODE_TOKEN=\(settings.token)\nexport LINODE_URL=\(server.url)")
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break }
        let (left, violations) = (fake.instances, fake.violations)
        await server.stop()
        try await lender?.close()
        for line in left.map({ "left behind: \($0)" }) + violations.map({ "violation: \($0)" }) { Self.say(line) }
        if !(left + violations).isEmpty { throw ExitCode(1) }
    }

    /// At once, as who waits for it reads a pipe.
    private static func say(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }
}
