import Foundation
import Glibc
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// `matrix run` on real virtual machines, emulated. Nightly: two guests take minutes until they answer.
@Suite(.requires(.guests, .ansible, .programs, .xmllint), .serialized, .timeLimit(.minutes(60))) struct GuestTests {
    @Test("A cell of two hosts: Ansible, one address each, names, TCP from one to the other, their consoles, and nothing left")
    func aWholeCell() async throws {
        let project = try Project()
        try project.write(
            """
            - hosts: all
              become: true
              gather_facts: true
              tasks:
                - ansible.builtin.copy:
                    content: "{{ ansible_default_ipv4.address }}\\n"
                    dest: /srv/address
            """, to: "site.yml")
        let steps = """
            hosts: { server: {}, client: {} }
            deploy:
              - ansible: { playbook: site.yml }
              - { name: web, hosts: server, shell: "systemd-run --unit=web --working-directory=/srv python3 -m http.server 8080" }
            verify:
              - { name: the default address is the cell's, command: "cat /srv/address", stdout: { matches: '10\\.77\\.0\\.1[12]' } }
              - { name: one address each, hosts: client, command: "cat /srv/address", stdout: 10.77.0.12 }
              - name: the client reaches the server by its name
                hosts: client
                command: |
                  python3 -c "
                  import urllib.request
                  print(urllib.request.urlopen('http://debian12-qemu-server-1:8080/address').read().decode().strip())"
                stdout: 10.77.0.11
              - { command: "hostname", hosts: server, stdout: debian12-qemu-server-1 }
              - { command: "cloud-init status", stdout: { contains: done } }
            """
        try project.write(try await Guests.matrix(steps), to: "m.yml")
        let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project)
        try #require(ending.status == 0, "\(ending.errors)\n\(ending.output)")
        let report = try Report(project)
        #expect(report.result.cells.map(\.outcome) == [.passed])
        try report.validateJUnit()
        for host in ["server", "client"] {
            let console = try project.read("reports/latest/artifacts/debian12-qemu/\(host)-console.log")
            #expect(console.contains("login:") || console.contains("systemd"))
        }
        try Guests.expectNothing(of: report.run, in: project)
    }

    @Test("A guest whose sshd does not start: the message has the end of its console and says what to do")
    func aBrokenGuest() async throws {
        let project = try Project()
        let image = try await Guests.image(brokenIn: project)
        try project.write(try await Guests.matrix("timeouts: { create: 8m }\nretries: { create: 0 }", image: image), to: "m.yml")
        let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project)
        #expect(ending.status == 3, "\(ending.errors)")
        let report = try Report(project)
        let failed = try #require(report.result.cells[0].cases.first { $0.outcome == .error })
        #expect(failed.detail?.contains("the last lines of") == true, "\(failed.detail ?? "")")
        #expect(failed.detail?.contains("sshd does not start in this image") == true, "\(failed.detail ?? "")")
        try Guests.expectNothing(of: report.run, in: project)
    }

    @Test("A kept host is stopped and started, and answers at the same port")
    func stopAndStart() async throws {
        let project = try Project()
        try project.write(try await Guests.matrix(""), to: "m.yml")
        let kept = try await MatrixProcess.run(["run", "m.yml", "--keep", "always"], in: project)
        try #require(kept.status == 0, "\(kept.errors)")
        let run = try Report(project).run
        for verb in ["stop", "start"] {
            let ending = try await MatrixProcess.run([verb, "debian12-qemu"], in: project)
            #expect(ending.status == 0, "\(verb): \(ending.errors)")
        }
        let ssh = try await MatrixProcess.run(["ssh", "debian12-qemu", "--", "hostname"], in: project)
        #expect(ssh.output == "debian12-qemu\n", "\(ssh.errors)")
        let destroy = try await MatrixProcess.run(["destroy", "m.yml"], in: project)
        #expect(destroy.status == 0, "\(destroy.errors)")
        try Guests.expectNothing(of: run, in: project)
    }
}

/// `kill -9` of `matrix` while its guest looks for something to boot: its disk is empty.
@Suite(.requires(.qemu, .programs), .timeLimit(.minutes(5))) struct GuestInterruptionTests {
    @Test("The guests of a killed run go on, and a reap ends them")
    func aKilledRunIsReaped() async throws {
        let project = try Project()
        let image = project.url.appendingPathComponent("empty.qcow2").path
        try #require(try Shell.run("qemu-img", "create", "-q", "-f", "qcow2", image, "16M").status == 0)
        try project.write(try await Guests.matrix("", image: image), to: "m.yml")
        let process = try MatrixProcess(["run", "m.yml", "--format", "plain"], in: project)
        try await process.waitFor("its console is empty")
        process.send(SIGKILL)
        #expect(try await process.ending().status == 128 + SIGKILL)
        #expect(try Guests.processes(in: project).count == 3, "a guest, its gateway and its switch outlive matrix")
        let runs = try FileManager.default.contentsOfDirectory(atPath: project.url.appendingPathComponent(".matrix/runs").path)
        let run = try #require(runs.first)
        let reap = try await MatrixProcess.run(["reap", "--yes"], in: project)
        #expect(reap.status == 0, "\(reap.output) \(reap.errors)")
        try Guests.expectNothing(of: run, in: project)
        #expect(try await MatrixProcess.run(["status"], in: project).output == "nothing is up and nothing is left behind\n")
    }
}

/// The image of the tests' guests, and what is there of them.
enum Guests {
    /// A matrix of one emulated Debian 12 cell.
    static func matrix(_ more: String, image: String? = nil) async throws -> String {
        let image = if let image { image } else { try await self.image() }
        return """
            version: 1
            name: guests
            platforms: { qemu: { driver: qemu, accel: tcg, cores: 1, memory: 768MiB, image: { debian12: "\(image)" } } }
            axes: { os: [debian12], platform: [qemu] }
            \(more.contains("timeouts:") ? "" : "timeouts: { create: 20m, provision: 15m, deploy: 20m, verify: 15m }")
            \(more)

            """
    }

    /// Made if it does not exist, which takes minutes.
    static func image() async throws -> String {
        let script = Project.repository.appendingPathComponent("fixtures/images/machine/build.sh").path
        let (status, output, errors) = try await ServerProcess.run([script])
        try #require(status == 0, "\(errors)")
        return output.split(separator: "\n").last.map(String.init) ?? ""
    }

    /// An image whose sshd refuses its configuration, in a project's folder.
    static func image(brokenIn project: Project) async throws -> String {
        let path = project.url.appendingPathComponent("broken").path
        try project.write("NoSuchOption yes\n", to: "sshd_config")
        let config = project.url.appendingPathComponent("sshd_config").path
        try #require(try Shell.run("qemu-img", "convert", "-O", "raw", try await image(), path).status == 0)
        // Where build.sh puts the system's partition.
        let place = "\(path)?offset=\(37 << 20)"
        try project.write("rm /etc/ssh/sshd_config\nwrite \(config) /etc/ssh/sshd_config\n", to: "commands")
        let commands = project.url.appendingPathComponent("commands").path
        try #require(try Shell.run("/sbin/debugfs", "-w", "-f", commands, place).status == 0)
        return path
    }

    /// The processes of a project's guests and networks.
    static func processes(in project: Project) throws -> [String] {
        guard let mark = try? project.read(".matrix/mark") else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { $0.allSatisfy(\.isNumber) }.filter { pid in
            let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline").map { String(decoding: $0, as: UTF8.self) }
            return line?.contains("solti-matrix/\(mark)/") ?? false
        }
    }

    static func expectNothing(of run: String, in project: Project) throws {
        #expect(try processes(in: project) == [])
        #expect(!project.exists(".matrix/qemu"))
        #expect(!project.exists(".matrix/runs/\(run)"))
    }
}
