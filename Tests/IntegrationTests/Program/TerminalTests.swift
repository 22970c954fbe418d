import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// `matrix run` on a real terminal: a pseudo-terminal that gets narrower while it runs, and at last a Ctrl-C.
@Suite(.requires(.programs, .python)) struct TerminalTests {
    private static let matrix = """
        version: 1
        name: long
        platforms: { proxmox-lab: { driver: podman } }
        axes:
          os: [ubuntu2404, almalinux9, rocky10]
          platform: [proxmox-lab]
          app: [influxdb3-telegraf]
        deploy: [{ name: site, shell: "true" }]
        verify: [{ service: ssh }]
        """

    /// What the terminal got: at each size, once frames of an older size are over, and after the Ctrl-C.
    private struct Recording: Decodable {
        var sizes: [String: String]
        var ending: String
        var status: Int32
    }

    private static let script = #"""
        import fcntl, json, os, pty, select, struct, sys, termios, time
        pid, fd = pty.fork()
        if pid == 0:
            os.environ["TERM"] = "xterm-256color"
            time.sleep(0.5)
            os.execv(sys.argv[1], sys.argv[1:])
        def size(columns):
            fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        def read(seconds):
            data, end = b"", time.time() + seconds
            while time.time() < end:
                if not select.select([fd], [], [], 0.1)[0]: continue
                try: part = os.read(fd, 65536)
                except OSError: break
                if not part: break
                data += part
            return data
        size(80)
        seen, end = b"", time.time() + 60
        while b"running" not in seen and time.time() < end: seen += read(0.5)
        sizes = {}
        for columns in (80, 60, 20, 120):
            size(columns)
            read(1)
            sizes[columns] = read(1.5).decode("utf-8", "replace")
        os.write(fd, b"\x03")
        ending = read(120).decode("utf-8", "replace")
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(json.dumps({"sizes": sizes, "ending": ending, "status": status}))
        """#

    @Test func theGridFitsEachSizeAndLeavesNothingAfterCtrlC() throws {
        let project = try Project()
        try project.write(Self.matrix, to: "long.yml")
        try project.write("speed: 1", to: "slow.yml")
        try project.write(Self.script, to: "terminal.py")
        let result = try Shell.run(
            "env", "-u", "NO_COLOR", "-u", "GITHUB_ACTIONS", "-C", project.url.path, "python3", "terminal.py", MatrixProcess.executable,
            "run", "long.yml", "--scenario", "slow.yml")
        let recording = try JSON.decode(Recording.self, from: Array(result.output.utf8))
        for columns in [80, 60, 20, 120] {
            let frames = Self.frames(recording.sizes["\(columns)"] ?? "")
            #expect(frames.count >= 2, "\(columns): \(recording)")
            for line in frames.joined() { #expect(line.count < columns, "\(columns): \(line)") }
            #expect(frames.allSatisfy { $0.last?.contains("running") == true }, "\(columns): \(frames)")
        }
        #expect(recording.status == 130, "\(recording.ending)")
        let text = recording.ending
        // The terminal echoes ^C behind the grid; the next write begins at the line's start and clears it.
        let echo = try #require(text.range(of: "^C"))
        #expect(text[echo.upperBound...].hasPrefix("\u{1b}[?2026h\r\u{1b}["), "\(text.prefix(300).debugDescription)")
        #expect(text.contains("stopping: SIGINT"))
        #expect(PlainText.clean(text).contains("; open the page: matrix report "))
    }

    /// The lines of each frame, without colours.
    private static func frames(_ text: String) -> [[String]] {
        text.components(separatedBy: "\u{1b}[?7l").dropFirst().compactMap { part in
            let ends = part.components(separatedBy: "\u{1b}[?7h")
            guard ends.count > 1 else { return nil }
            return PlainText.clean(ends[0].replacing("\r\n", with: "\n")).split(separator: "\n").map(String.init)
        }
    }
}
