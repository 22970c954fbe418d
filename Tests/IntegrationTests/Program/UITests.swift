import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// The page of a run that goes on, in Chromium, of a real run on Podman.
@Suite(.requires(.programs, .podman, .chromium, .python, .curl)) struct UITests {
    /// The first cell fails; the step goes on when the test says so.
    private static let matrix = """
        version: 1
        name: colors
        platforms: { podman: { driver: podman } }
        axes: { os: [debian12], platform: [podman], color: [red, green] }
        deploy:
          - name: paint
            shell: |
              echo ${axis.color} > /srv/color; echo stroke 1
              until [ -e /srv/two ]; do sleep 0.2; done; echo stroke 2
              until [ -e /srv/three ]; do sleep 0.2; done; echo stroke 3
        verify:
          - name: the color is green
            command: cat /srv/color
            stdout: green
        """

    /// The link that a server prints, once it is there.
    private static func link(of server: MatrixProcess, in project: Project) async throws -> String {
        while server.isRunning {
            if let text = try? server.outputSoFar,
                let line = text.split(separator: "\n").first(where: { $0.hasPrefix("http://127.0.0.1:") })
            {
                return String(line)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Problem(text: try await server.ending().errors)
    }

    private struct Problem: Error { var text: String }

    @Test func thePageGrowsSurvivesARestartAndEndsAsTheReport() async throws {
        let project = try Project()
        try project.write(Self.matrix, to: "m.yml")
        let browser = try OpenBrowser()
        defer { browser.close() }
        #expect(try browser.evaluate("1 + 1") == "2")
        let run = try MatrixProcess(["run", "m.yml", "--format", "plain", "--no-open"], in: project)
        try await run.waitFor("create")
        let server = try MatrixProcess(["ui", "latest", "--no-open"], in: project)
        let link = try await Self.link(of: server, in: project)
        try browser.open(link)
        try await browser.wait(for: "document.getElementById('live')?.textContent.startsWith('live')")
        // The log grows in a page that nobody loads again.
        try browser.evaluate("window.isSame = true")
        let log = "document.querySelector('details.log[id*=deploy-paint] code')?.textContent ?? ''"
        try await browser.wait(for: "(\(log)).includes('stroke 1')")
        #expect(try browser.evaluate("(\(log)).includes('stroke 2')") == "False", "not yet")
        let states = "[...document.querySelectorAll('.cell[data-terms] > summary > .word')].map(node => node.textContent).join()"
        #expect(try browser.evaluate(states).contains("▸"))
        #expect(try browser.evaluate("!!document.querySelector('.timeline rect.now')") == "True")
        try browser.evaluate("document.querySelector('details.log[id*=deploy-paint]').open = true")
        try await run.waitFor("green  deploy: paint")
        try await run.waitFor("red  deploy: paint")
        func letGoOn(_ file: String) async throws {
            #expect(try await MatrixProcess.run(["ssh", "--all", "debian12*", "--", "touch", file], in: project).status == 0)
        }
        try await letGoOn("/srv/two")
        try await browser.wait(for: "(\(log)).includes('stroke 2')")
        #expect(try browser.evaluate("document.querySelector('details.log[id*=deploy-paint]').open") == "True", "what is open stays open")

        try Self.refusals(link)
        // The server goes and comes back under its address.
        server.send(SIGTERM)
        _ = try await server.ending()
        try await browser.wait(for: "document.getElementById('live').textContent.includes('does not answer')")
        let next = try MatrixProcess(["ui", "latest", "--no-open"], in: project)
        #expect(try await Self.link(of: next, in: project) == link)
        try await browser.wait(for: "document.getElementById('live').textContent.startsWith('live')")

        try await letGoOn("/srv/three")
        let ended = try await run.ending()
        #expect(ended.status == 1, "\(ended.errors)")
        try await browser.wait(for: "document.getElementById('live').textContent.includes('has ended')")
        try await browser.wait(for: "document.querySelector('h1').textContent.includes('1 of 2 cells failed')")
        #expect(try browser.evaluate("window.isSame") == "True", "the page was never loaded again")
        // As the report, apart from what scripts add: buttons, and the line that says whether it is live.
        let plain = """
            (page => { for (const node of page.querySelectorAll('#live, script, button, .find, a.link')) node.remove();
            for (const node of page.querySelectorAll('[open]')) node.removeAttribute('open');
            return page.querySelector('header').outerHTML + page.querySelector('main').outerHTML; })
            """.replacing("\n", with: " ")
        // results.json has times to the millisecond: the report is made from it, too.
        #expect(try await MatrixProcess.run(["report"], in: project).status == 0)
        let report = String(decoding: try JSONEncoder().encode(project.read("reports/latest/index.html")), as: UTF8.self)
        let mine = try browser.evaluate("(\(plain))(document.cloneNode(true))")
        let theirs = try browser.evaluate("(\(plain))(new DOMParser().parseFromString(\(report), 'text/html'))")
        #expect(Self.withoutSpace(mine) == Self.withoutSpace(theirs))
        let asked = try browser.asked()
        let place = String(link.dropLast("index.html".count))
        let others = asked.filter { !$0.hasPrefix(place) && !$0.hasPrefix("data:") && $0 != "about:blank" }
        #expect(asked.contains(link) && others.isEmpty, "no request leaves this server: \(others)")
        next.send(SIGTERM)
        _ = try await next.ending()
        #expect(try Podman.leftovers(of: Report(project).run).isEmpty)
    }

    /// Without what says nothing: space between elements, and what the script hides and shows.
    private static func withoutSpace(_ page: String) -> String {
        page.replacing(" hidden=\"\"", with: "").replacing(/>\s+</, with: "><").replacing(/\s+/, with: " ")
    }

    /// A wrong token and another name of the server get nothing.
    private static func refusals(_ link: String) throws {
        func status(_ words: String...) throws -> String {
            try Shell.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "10"] + words).output
        }
        #expect(try status(link) == "200")
        let parts = link.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        #expect(
            try status(
                parts[..<3].joined(separator: "/") + "/" + String(repeating: "0", count: 32) + "/" + parts[4...].joined(separator: "/"))
                == "403")
        #expect(try status("-H", "Host: evil.example", link) == "403")
        #expect(try status("-H", "Origin: http://evil.example", link) == "403")
        #expect(try status("-X", "POST", link) == "403")
        let port = parts[2].split(separator: ":").last.map(String.init) ?? ""
        let listening = try Shell.run("ss", "-Hltn", "sport = :\(port)").output
        #expect(listening.contains("127.0.0.1:\(port)") && !listening.contains("0.0.0.0:\(port) "), "\(listening)")
    }

    @Test func runServesItsPageAndEndsTheServer() async throws {
        let project = try Project()
        try project.write(Matrices.small(), to: "m.yml")
        try project.write("speed: 100", to: "slow.yml")
        let run = try MatrixProcess(["run", "m.yml", "--scenario", "slow.yml", "--ui", "--no-open", "--format", "plain"], in: project)
        try await run.waitFor("the page of this run: http://127.0.0.1:")
        let ending = try await run.ending()
        #expect(ending.status == 0, "\(ending.errors)")
        let link = try #require(ending.errors.firstMatch(of: /http:\/\/127.0.0.1:\S+/)).output
        #expect(try Shell.run("curl", "-s", "--max-time", "5", String(link)).status == 7, "nobody listens any more")
        #expect(!ending.errors.contains("warning"), "\(ending.errors)")
    }
}
