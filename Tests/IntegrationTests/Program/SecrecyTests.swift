import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import Testing

/// No secret in any output: every file of the reports and the state folder, both streams, and the process list.
@Suite(.requires(.programs, .podman, .ansible)) struct SecrecyTests {
    private static let secrets = ["env-s3cret-Zq7!", "file-s3cret-Xw9#", "command-s3cret-Lp4%"]

    private static let matrix = """
        version: 1
        name: secrets
        platforms: { podman: { driver: podman } }
        axes: { os: [debian12], platform: [podman] }
        secrets:
          one: { env: SECRET_ONE }
          two: { file: secret.txt }
          three: { command: [cat, third.txt] }
        hosts: { host: { vars: { of_host: "${secrets.one}" } } }
        groups: { debian12: { vars: { of_group: "two is ${secrets.two}" } } }
        deploy:
          - name: shell
            shell: |
              echo "shell says ${secrets.one} $(printf %s '${secrets.two}' | base64)"
              sleep 1
          - name: play
            ansible: { playbook: play.yml, extra_vars: { password: "${secrets.three}", login: "user:${secrets.one}" } }
          - name: here
            local: [sh, -c, 'echo "local says $TOKEN"; sleep 1']
            env: { TOKEN: "${secrets.two}" }
        verify:
          - command: echo '${secrets.one}'
            stdout: something else
        """

    @Test func areNowhere() async throws {
        let project = try Project()
        try project.write(Self.matrix, to: "m.yml")
        try project.write(Self.secrets[1] + "\n", to: "secret.txt")
        try project.write(Self.secrets[2] + "\n", to: "third.txt")
        try project.write(
            "- hosts: all\n  tasks:\n    - debug: { msg: 'play says {{ password }} {{ login }} {{ of_host }} {{ of_group }}' }\n",
            to: "play.yml")
        let process = try MatrixProcess(
            ["run", "m.yml", "--format", "plain", "-v"], in: project, environment: ["SECRET_ONE": Self.secrets[0]])
        var seen: Set<String> = []
        while process.isRunning {
            seen.formUnion(Self.processes().filter { line in Self.secrets.contains { line.contains($0) } })
            try await Task.sleep(for: .milliseconds(30))
        }
        let ending = try await process.ending()
        #expect(ending.status == 1, "\(ending.errors)")
        #expect(ending.errors.contains("shell says [redacted] [redacted]"), "\(ending.errors)")
        #expect(seen.isEmpty, "in the process list: \(seen)")
        let sources: Set = ["secret.txt", "third.txt"]
        for file in project.files() where !sources.contains(file.lastPathComponent) {
            let bytes = try Data(contentsOf: file)
            for secret in Self.secrets + Self.secrets.map({ Data($0.utf8).base64EncodedString() }) {
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret) in \(file.path)")
            }
        }
        #expect(project.exists("reports/latest/junit.xml"))
    }

    // MARK: - Encodings × channels

    private static let odd = "p4ss/w+rd '\"\\x<&>"
    private static let key = "FIRSTLINE-aaaa\nshort1\nxy7Q\nsecondlong-bbbb"
    private static let token = "cmdSECRET-0123456789abcdef"

    /// Prints each secret in the encodings that tools use. `--terminal` prints it with codes within and at the end of a long line;
    /// `--probes` prints what no output may hold, as a list of JSON.
    private static let encodings = #"""
        #!/usr/bin/env python3
        import base64, html, json, os, shlex, sys, urllib.parse

        def code(data):
            return base64.b64encode(data).decode()

        def lines(text, column, start=0):
            return [text[i:i + column] for i in range(0, len(text), column) if i >= start]

        def forms(x, start=0):
            data = x.encode()
            yield x.split("\n")
            yield [code(data)]
            yield [code(data + b"\n")]
            yield [code(b"user:" + data)]
            before = b"a-long-login-before-it-so-that-there-are-lines:"
            for column in (8, 20, 64, 76):
                yield lines(code(before + data), column, start * len(code(before)))
            yield [code(data).replace("+", "-").replace("/", "_").rstrip("=")]
            yield [code(code(data).encode()), data.hex()]
            yield [urllib.parse.quote(x), urllib.parse.quote(x, safe=""), urllib.parse.quote_plus(x)]
            yield [json.dumps(x), json.dumps(json.dumps(x)), html.escape(x), repr(x), ascii(x), x.encode("unicode_escape").decode()]
            if "\n" not in x:
                yield [shlex.quote(x)]
                yield lines(x, 8)

        secrets = [os.environ[name] for name in ("ODD", "KEY", "TOKEN")]
        if "--probes" in sys.argv:
            probes = {line for x in secrets for form in forms(x, start=1) for line in form if len(line) >= 4}
            print(json.dumps(sorted(probes | {x[:6] for x in secrets})))
        elif "--terminal" in sys.argv:
            for x in secrets:
                print(x[:5] + "\x1b[0m" + x[5:])
                print(x[:5] + "\0" + x[5:])
                print("x" * 65530 + x)
                print("+ : '" + x + "'")
        else:
            for x in secrets:
                for form in forms(x):
                    print("\n".join(form + ["between"]), flush=True)
        """#

    private static let table = """
        version: 1
        name: encodings
        platforms: { podman: { driver: podman } }
        axes: { os: [debian12], platform: [podman] }
        secrets:
          odd: { env: ODD }
          key: { file: key.txt }
          token: { command: [printenv, TOKEN] }
        deploy:
          - name: shell
            shell: { file: encodings.py }
            env: &secrets { ODD: "${secrets.odd}", KEY: "${secrets.key}", TOKEN: "${secrets.token}" }
          - name: files
            shell: |
              mkdir -p "/srv/d/$TOKEN"
              printf '%s\\n' "$ODD" "$KEY" "$TOKEN" >"/srv/d/$TOKEN/f-$TOKEN.txt"
              printf 'bin\\000%s' "$TOKEN" >/srv/d/binary
              printf '%s' "$TOKEN" | base64 -w 20 >/srv/d/base64
            env: *secrets
          - name: play
            ansible: { playbook: play.yml }
            env: *secrets
          - name: here
            local: [python3, encodings.py]
            env: *secrets
          - name: codes
            local: [python3, encodings.py, --terminal]
            env: *secrets
        verify:
          - command: cat /srv/d/*/*
            stdout: something else
          - command: cat /srv/d/base64
            stdout: something else
          - file: /srv/d/base64
            contains: something else
        finally:
          - collect: [/srv/d]
        """

    @Test("Encodings × channels: logs, events, the terminal, reports, collected files and their names, the ledger")
    func everyEncodingIsHiddenEverywhere() async throws {
        let project = try Project()
        let environment = ["ODD": Self.odd, "KEY": Self.key, "TOKEN": Self.token]
        try project.write(Self.table, to: "m.yml")
        try project.write(Self.key + "\n", to: "key.txt")
        try project.write(Self.encodings, to: "encodings.py")
        try project.write(
            """
            - hosts: all
              environment: { ODD: "{{ lookup('env', 'ODD') }}", KEY: "{{ lookup('env', 'KEY') }}", TOKEN: "{{ lookup('env', 'TOKEN') }}" }
              tasks:
                - { name: print, script: encodings.py, register: printed }
                - { name: show, debug: { var: printed } }
            """, to: "play.yml")
        let process = try MatrixProcess(["run", "m.yml", "--format", "plain", "-v"], in: project, environment: environment)
        let ending = try await process.ending()
        #expect(ending.status == 1, "\(ending.errors.suffix(2000))")
        #expect(ending.errors.contains("the secret 'key' has lines of fewer than 8 characters"))
        let printed = try await LocalTransport().run(
            Command(["python3", "encodings.py", "--probes"], environment: environment, directory: project.url.path))
        let probes = try JSON.decode([String].self, from: printed.standardOutput)
        #expect(probes.count > 60)
        let sources: Set = ["key.txt", "encodings.py", "m.yml", "play.yml"]
        var texts = [("the terminal", Data((ending.output + ending.errors).utf8))]
        for file in project.files() where !sources.contains(file.lastPathComponent) {
            texts.append((file.path, try Data(contentsOf: file) + Data(file.path.utf8)))
        }
        for (place, text) in texts {
            for probe in probes where text.range(of: Data(probe.utf8)) != nil { Issue.record("\(probe) in \(place)") }
        }
        let names = project.files().map(\.path).filter { $0.contains("/srv/d/") }
        #expect(names.contains { $0.hasSuffix("/srv/d/[redacted]/f-[redacted].txt") }, "\(names)")
        #expect(!names.contains { $0.hasSuffix("/binary") })
    }

    /// The command lines of all processes.
    private static func processes() -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.filter { Int($0) != nil }.compactMap { pid in
            FileManager.default.contents(atPath: "/proc/\(pid)/cmdline").map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
