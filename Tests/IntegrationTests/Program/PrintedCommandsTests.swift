import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// Nothing printed is a lie: every command out of terminal, page, summary.md and annotations of a red run is pasted and run.
@Suite(.requires(.programs, .podman, .git), .timeLimit(.minutes(20))) struct PrintedCommandsTests {
    /// A run's surroundings.
    struct Situation: CustomTestStringConvertible, Sendable {
        var keeps: Bool
        var isInGit: Bool
        var isElsewhere: Bool

        var testDescription: String {
            "\(keeps ? "kept" : "not kept"), \(isInGit ? "in git" : "not in git"), "
                + "\(isElsewhere ? "from another folder" : "from the project")"
        }
    }

    /// Two roles; each kind of problem once: content, a service, a script, and a check from outside.
    private static let red = """
        version: 1
        name: shop
        platforms: { podman: { driver: podman } }
        axes: { os: [debian12], platform: [podman] }
        hosts: { web: {}, db: {} }
        retries: { create: 0 }
        deploy:
          - { name: seed, shell: echo 13 > /srv/greeting }
        verify:
          - file: /srv/greeting
            contains: "12"
            hosts: web
          - { service: nosuch, hosts: db }
          - { port: 5432, hosts: db }
          - { command: "cat /srv/greeting", stdout: "14", hosts: web }
        """

    private func run(_ situation: Situation) async throws -> RedRun {
        let project = try Project()
        // The project's own folder makes no project: that is for Git, or for nobody.
        try FileManager.default.removeItem(at: project.url.appendingPathComponent(".matrix"))
        try project.write(Self.red, to: "shop/matrices/red.yml")
        try project.write("", to: "elsewhere/file")
        if situation.isInGit {
            try #require(try Shell.run("git", "-C", project.url.appendingPathComponent("shop").path, "init", "-q").status == 0)
        }
        let folder = project.url.appendingPathComponent(situation.isElsewhere ? "elsewhere" : "shop").path
        let file = situation.isElsewhere ? "../shop/matrices/red.yml" : "matrices/red.yml"
        let words = ["run", file, "--format", "github", "--keep", situation.keeps ? "failed" : "never"]
        let run = RedRun(project: project, folder: folder, terminal: "", status: 0, reports: "")
        let ending = try run.paste(ShellQuoting.join(["matrix"] + words))
        #expect(ending.status == 1, "\(ending.output)")
        let shop = project.url.appendingPathComponent("shop")
        let reports = situation.isInGit ? "reports" : "matrices/reports"
        return RedRun(
            project: project, folder: folder, terminal: ending.output, status: ending.status,
            reports: shop.appendingPathComponent("\(reports)/latest").resolvingSymlinksInPath().path)
    }

    @Test(arguments: [
        Situation(keeps: true, isInGit: true, isElsewhere: false), Situation(keeps: true, isInGit: false, isElsewhere: false),
        Situation(keeps: true, isInGit: false, isElsewhere: true), Situation(keeps: false, isInGit: true, isElsewhere: false),
        Situation(keeps: false, isInGit: false, isElsewhere: true),
    ])
    func everyPrintedCommandDoesWhatItsSentenceSays(situation: Situation) async throws {
        let run = try await run(situation)
        let commands = try run.commands()
        #expect(Set(commands.map(\.place)) == ["terminal", "page", "summary.md", "annotations"], "\(commands)")
        var pasted: [String: (status: Int32, output: String)] = [:]
        // What brings the cell back comes before what looks at it, what takes it down comes last.
        for command in commands.sorted(by: { Self.order($0) < Self.order($1) }) where pasted[command.text] == nil {
            let ending = try run.paste(command.text)
            pasted[command.text] = ending
            #expect(Self.promises(command.text).contains(ending.status), "\(command)\nstatus \(ending.status)\n\(ending.output)")
            for lie in ["is not up", "Can't open user config file", "Unknown option", "unexpected argument", "does not resolve"] {
                #expect(!ending.output.contains(lie), "\(command)\n\(ending.output)")
            }
        }
        // The look at content shows content.
        let look = try #require(pasted.first { $0.key.contains("cat -- /srv/greeting") || $0.key.contains("'cat -- /srv/greeting'") })
        #expect(look.value.output.contains("13"), "\(look)")
        #expect(pasted.count >= (situation.keeps ? 8 : 5), "it ran \(pasted.count) commands: \(pasted.keys.sorted())")
        print("\(situation.testDescription): \(pasted.count) printed commands pasted")
        _ = try run.paste(ShellQuoting.join(["matrix", "destroy", run.project.url.appendingPathComponent("shop/matrices/red.yml").path]))
        #expect(try Podman.leftovers(of: Self.runID(run)).isEmpty)
    }

    private static func runID(_ run: RedRun) -> String { URL(fileURLWithPath: run.reports).lastPathComponent }

    private static func order(_ command: PrintedCommand) -> Int {
        if command.text.hasPrefix("matrix destroy") { return 3 }
        if command.text.hasPrefix("matrix reap") { return 2 }
        return command.text.contains("--keep failed") ? 0 : 1
    }

    /// The statuses with which a command ends if its sentence is true.
    private static func promises(_ command: String) -> Set<Int32> {
        let words = command.split(separator: " ").map(String.init)
        switch words.dropFirst().first {
        // The checks still fail.
        case "run", "verify": return [1]
        // What looks at a host ends as the command there does: `systemctl status` of a unit that is not there is 4.
        case "ssh" where words.first == "matrix": return command.contains(" -- ") ? [0, 1, 3, 4] : [0]
        // Without a browser it says so.
        case "report" where command.hasSuffix(" --open"): return [0, 3]
        default: return [0]
        }
    }

    /// The first thing that a newcomer does, outside of Git.
    @Test func whatInitMakesIsFoundFromItsFolder() async throws {
        let project = try Project()
        try FileManager.default.removeItem(at: project.url.appendingPathComponent(".matrix"))
        try project.write("", to: "shop/file")
        let here = RedRun(project: project, folder: project.url.appendingPathComponent("shop").path, terminal: "", status: 0, reports: "")
        let made = try here.paste("matrix init --name site --os debian12 --platform podman")
        #expect(made.status == 0 && project.exists("shop/.matrix/state.db"), "\(made.output)")
        #expect(try here.paste("matrix run matrices/site.yml --keep always").status == 0)
        #expect(try here.paste("matrix ssh debian12-podman -- true").status == 0)
        let status = try here.paste("matrix status")
        #expect(status.status == 0 && status.output.contains("debian12-podman") && status.output.contains("kept"))
        #expect(status.output.split(separator: "\n").allSatisfy { $0.count <= 100 || $0.contains(project.url.path) }, "\(status.output)")
        #expect(try here.paste("matrix report").status == 0)
        let outside = RedRun(project: project, folder: project.url.path, terminal: "", status: 0, reports: "")
        let denied = try outside.paste("matrix ssh debian12-podman -- true")
        #expect(denied.status == 2 && denied.output.contains("--state"), "\(denied.output)")
        #expect(try here.paste("matrix destroy matrices/site.yml").status == 0)
        #expect(try here.paste("matrix status").output.contains("nothing is up and nothing is left behind"))
    }
}

/// Takes the time of a create that never ends.
@Suite(.requires(.programs, .podman, .git), .timeLimit(.minutes(20))) struct BrokenHostTests {
    /// A cell whose sshd never starts is kept: what is printed for it is the driver's own way in.
    @Test func aHostWithoutSSHHasTheDriversWayIn() async throws {
        let project = try Project()
        try project.write(
            """
            version: 1
            name: broken
            platforms: { podman: { driver: podman } }
            axes: { os: [debian12], platform: [podman] }
            timeouts: { create: 60s }
            retries: { create: 0 }
            verify: [{ service: ssh }]
            """, to: "m.yml")
        let base = RedRun(project: project, folder: project.url.path, terminal: "", status: 0, reports: "")
        // An image whose sshd cannot start, on top of the one that matrix makes.
        #expect(try base.paste("matrix run m.yml").status == 0)
        let image = try #require(try Report(project).result.cells[0].hosts[0].facts["image"])
        try project.write(
            "FROM \(image)\nRUN mkdir -p /etc/systemd/system/ssh.service.d && \\\n"
                + "  printf '[Service]\\nExecStartPre=/bin/false\\n' >/etc/systemd/system/ssh.service.d/broken.conf\n", to: "Containerfile")
        try #require(try Shell.run("podman", "build", "-q", "-t", "localhost/matrix-it-broken:1", project.url.path).status == 0)
        defer { _ = try? Shell.run("podman", "rmi", "--force", "localhost/matrix-it-broken:1") }
        let text = try project.read("m.yml")
        try project.write(
            text.replacing("verify:", with: "os: { debian12: { container: localhost/matrix-it-broken:1 } }\nverify:"), to: "m.yml")
        let ending = try base.paste("matrix run m.yml --keep failed")
        #expect(ending.status == 3, "\(ending.output)")
        let create = try #require(try Report(project).result.cells[0].cases.first { $0.phase == .create })
        #expect(create.message?.contains("waiting for sshd, for ") == true, "\(create.message ?? "")")
        #expect(create.attachments.contains { $0.hasSuffix("/create.log") } && create.attachments.contains { $0.hasSuffix("-sshd.log") })
        #expect(create.detail?.contains("sshd does not run in this image") == true && create.detail?.contains("timeouts:") == false)
        let ways = try #require(try Report(project).result.entrances?.first)
        for command in ways.commands {
            let entered = try base.paste(command)
            #expect(entered.status == 0, "\(command)\n\(entered.output)")
            #expect(ending.output.contains(command))
        }
        let denied = try base.paste("matrix ssh debian12-podman")
        #expect(
            denied.status == 2 && denied.output.contains("is kept, but SSH has never reached it")
                && denied.output.contains(ways.commands[0]))
        #expect(try base.paste("matrix destroy m.yml").status == 0)
    }
}
