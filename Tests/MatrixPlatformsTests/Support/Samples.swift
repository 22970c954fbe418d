import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting

@testable import MatrixPlatforms

/// Systems, cells and machines that the tests of this module share.
enum Samples {
    static let debian12 = OperatingSystem(
        name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"),
        containerImage: "registry.invalid/library/debian:12", debianSuite: "bookworm")
    static let debian13 = OperatingSystem(
        name: "debian13", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "13"),
        containerImage: "registry.invalid/library/debian:13", debianSuite: "trixie")
    static let rocky9 = OperatingSystem(
        name: "rocky9", family: "rhel", packageManager: .dnf, release: .init(id: "rocky", version: "9"),
        containerImage: "registry.invalid/rockylinux/rockylinux:9")

    static let run = RunID("261123-050122-k3f9")
    static let expires = Timestamp(seconds: 1_795_000_000)
    static let access = RunAccess(directory: "/nowhere", publicKey: "ssh-ed25519 AAAAkey solti-matrix-run-\(run)")

    static func cell(_ os: OperatingSystem, hosts: [HostPlan]? = nil) -> CellPlan {
        let name = "\(os.name)-podman"
        return CellPlan(
            name: name, point: [AxisValue(axis: "os", value: os.name)], os: os, platform: "podman", hosts: hosts ?? [HostPlan(name: name)])
    }

    /// A machine without CAP_SYS_RESOURCE and with a separate folder for images.
    static func machine(programs: Set<String> = ["mmdebstrap", "netavark", "aardvark-dns", "iptables", "runc"], hybrid: Bool = false)
        -> LocalMachine
    {
        let files = [
            "/proc/self/limits":
                "Limit   Soft Limit  Hard Limit  Units\nMax processes             96365                96365                processes \n"
                + "Max open files            1024                 20000                files     \n",
            "/proc/self/status": "Name:\tmatrix\nCapEff:\t000001fffeffffff\n", "/proc/sys/kernel/pid_max": "32768\n",
            "/proc/sys/fs/inotify/max_user_instances": "128\n",
        ]
        let cgroup = hybrid ? "/sys/fs/cgroup/unified/cgroup.controllers" : "/sys/fs/cgroup/cgroup.controllers"
        return LocalMachine(
            read: { files[$0] }, exists: { path in path == cgroup || programs.contains { path == "/usr/bin/\($0)" } },
            cache: NSTemporaryDirectory() + "matrix-cache-\(UUID().uuidString)")
    }

    static func info(runtime: String = "runc", controllers: [String] = ["cpu", "memory", "pids"], isRootless: Bool = false) -> String {
        let list = controllers.map { "\"\($0)\"" }.joined(separator: ",")
        return """
            {"host": {"ociRuntime": {"name": "\(runtime)"}, "networkBackend": "netavark", "cgroupVersion": "v1", \
            "cgroupControllers": [\(list)],
             "security": {"rootless": \(isRootless), "apparmorEnabled": false}}, "version": {"Version": "4.3.1"}}
            """
    }

    /// A podman that works and has nothing.
    static func podman() -> ScriptedTransport {
        let transport = ScriptedTransport()
        transport.answer("find /etc/apt")
        transport.answer("apt-config dump")
        transport.answer("podman info", output: info())
        transport.answer("podman --runtime runc info", output: info())
        transport.answer("podman images", output: "[]")
        transport.answer("image inspect", error: "Error: inspecting object: nope: image not known", exitStatus: 125)
        transport.answer("container inspect", output: "[]", error: "Error: inspecting object: no such container nope", exitStatus: 125)
        transport.answer(
            "network inspect", output: "[]", error: "Error: unable to find network with name or ID nope: network not found", exitStatus: 125
        )
        return transport
    }

    /// What `podman images` says if it has these.
    static func images(_ names: [String]) -> String {
        let images = names.map { "{\"Id\": \"abc\", \"Names\": [\"\($0)\"]}" }
        return "[\(images.joined(separator: ", "))]"
    }

    /// The same with the base images of all systems here.
    static let bases = images([debian12, debian13, rocky9].compactMap(\.containerImage))

    /// What `podman ps` says of a container.
    static func listed(_ name: String, id: String = "c0ffee", labels: [String] = ours, state: String = "running") -> String {
        let labels = labels.map { "\"\($0)\": \"\"" }.joined(separator: ", ")
        return "[{\"Id\": \"\(id)\", \"Names\": [\"\(name)\"], \"State\": \"\(state)\", \"Labels\": {\(labels)}}]"
    }

    static func platform(_ transport: ScriptedTransport, settings: PodmanSettings = PodmanSettings(), machine: LocalMachine? = nil)
        -> PodmanPlatform
    {
        let context = PlatformContext(state: "/nowhere", access: access, runner: transport, redactor: Redactor())
        return PodmanPlatform(name: "podman", settings: settings, context: context, machine: machine ?? Samples.machine())
    }

    /// What `podman container inspect` says of a container.
    static func container(labels: [String], running: Bool = true, status: String = "running", exitCode: Int = 0, port: Int = 40001)
        -> String
    {
        let labels = labels.map { "\"\($0)\": \"\"" }.joined(separator: ", ")
        return """
            [{"Id": "c0ffee", "Image": "abc", "State": {"Running": \(running), "Status": "\(status)", "ExitCode": \
            \(exitCode), "OOMKilled": false},
              "Config": {"Labels": {\(labels)}}, "HostConfig": {},
              "NetworkSettings": {"Ports": {"22/tcp": [{"HostIp": "127.0.0.1", "HostPort": "\(port)"}]},
                "Networks": {"debian12-podman-\(run)": {"IPAddress": "10.89.0.5"}}}}]
            """
    }

    static let ours = ["solti-matrix", "solti-matrix-run-\(run)"]
}

/// Answers that follow each other; the last one stays.
final class Answers: Sendable {
    private let left: MutexBox<[CommandResult]>

    init(_ results: [CommandResult]) {
        left = MutexBox(results)
    }

    func next() -> CommandResult? {
        left.with { results in results.count > 1 ? results.removeFirst() : results.first }
    }
}

extension CommandResult {
    static func ok(_ output: String = "") -> CommandResult { CommandResult(exitStatus: 0, standardOutput: Array(output.utf8)) }
    static func bad(_ error: String, status: Int32 = 125) -> CommandResult {
        CommandResult(exitStatus: status, standardError: Array(error.utf8))
    }
}
