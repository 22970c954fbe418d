import Foundation
import IntegrationSupport
import MatrixCore
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

    /// The command lines of all processes.
    private static func processes() -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.filter { Int($0) != nil }.compactMap { pid in
            FileManager.default.contents(atPath: "/proc/\(pid)/cmdline").map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
