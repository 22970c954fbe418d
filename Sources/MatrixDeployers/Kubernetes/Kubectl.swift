internal import MatrixCore
internal import MatrixRemote

/// Runs kubectl against the cell's cluster: the runner's, or K3s's on the control node, which always matches the cluster.
struct Kubectl: Sendable {
    /// The machine that it runs on.
    let transport: any Transport
    private let words: [String]
    private let environment: [String: String]
    private let user: String?
    /// Whether it runs on the machine with the matrix's files.
    let isHere: Bool
    private let context: CellContext

    /// - Parameters:
    ///   - seat: `auto`, `runner` or `node`.
    ///   - namespace: of objects that name none.
    /// - Throws: `InfrastructureError` if the cell is not a cluster, or has no such kubectl.
    init(_ seat: String, namespace: String = "default", runner: any Transport, in context: CellContext) async throws {
        guard let kubeconfig = context.kubeconfig else {
            throw InfrastructureError(
                "cell \(context.cell.name) is not a cluster", why: "only cells of a k3s platform are",
                next: "restrict the step with when: { platform: k3s }",
                type: .kubernetesCluster, isTransient: false)
        }
        let control = context.hosts.first { $0.plan.groups.contains(Cluster.controlGroup) }
        self.context = context
        let isOnRunner = seat == "node" && control != nil ? false : try await Self.isThere("kubectl", on: runner)
        let defaults = namespace == "default" ? nil : try Kubeconfig(file: kubeconfig).defaulting(to: namespace)
        if let control, !isOnRunner, seat != "runner" {
            (transport, environment, user, isHere) = (control.transport, [:], "root", false)
            words = try await Self.node(control.transport, defaults, namespace)
        } else if isOnRunner {
            // As the environment has it, no colon is in its path.
            let listed = context.environment["KUBECONFIG"] ?? kubeconfig
            var files = [listed]
            if let defaults {
                files.insert("\(listed)-\(namespace)", at: 0)
                try NewFile.write(defaults, to: files[0], mode: 0o600)
            }
            (transport, user, isHere) = (runner, nil, true)
            words = ["kubectl"]
            environment = context.environment.merging(["KUBECONFIG": files.joined(separator: ":")]) { $1 }
        } else {
            throw InfrastructureError(
                "kubectl cannot be run", why: "it is not installed here", next: "install kubectl, or write kubectl: node",
                type: .kubernetesKubectl,
                isTransient: false)
        }
    }

    /// The words before the arguments on a node. Its files are in a folder that goes with the cluster: not in root's home.
    private static func node(_ transport: any Transport, _ defaults: String?, _ namespace: String) async throws -> [String] {
        let kubectl = ["/usr/local/bin/k3s", "kubectl", "--cache-dir=\(folder)/cache"]
        guard let defaults else { return kubectl }
        let file = "\(folder)/\(namespace)"
        let script = #"umask 077; mkdir -p "${1%/*}" && cat >"$1""#
        try await transport.require(
            Command(["sh", "-c", script, "sh", file], input: Array(defaults.utf8), user: "root", timeout: .seconds(60)),
            "the namespace \(namespace) could not be set on the control node")
        return ["env", "KUBECONFIG=\(file):/etc/rancher/k3s/k3s.yaml"] + kubectl
    }

    /// Below K3s's own folder, which its removal deletes.
    private static let folder = "/run/k3s/solti-matrix"

    /// Whether a program is installed on the runner.
    static func isThere(_ program: String, on runner: any Transport) async throws -> Bool {
        try await runner.run(Command(["sh", "-c", "command -v \(program)"], timeout: .seconds(20))).succeeded
    }

    func command(_ arguments: [String], input: [UInt8]? = nil, timeout: Duration = .seconds(120)) -> Command {
        Command(words + arguments, environment: environment, input: input, user: user, outputLimit: 16 << 20, timeout: timeout)
    }

    /// Runs it; a non-zero exit status is a result.
    /// - Throws: `InfrastructureError` if the cluster did not answer.
    func run(
        _ arguments: [String], input: [UInt8]? = nil, timeout: Duration = .seconds(120),
        onLine: @Sendable (OutputLine) async -> Void = { _ in }
    ) async throws -> CommandResult {
        let command = command(arguments, input: input, timeout: timeout)
        let result = try await transport.run(command, onLine: onLine)
        let complaint = result.errorOutput
        let isSilent = ["The connection to the server", "Unable to connect to the server", "i/o timeout", "TLS handshake timeout"].contains
        { complaint.contains($0) }
        if !result.succeeded, isSilent {
            throw InfrastructureError(
                "the cluster did not answer", why: complaint.split(whereSeparator: \.isNewline).last.map(String.init) ?? "",
                type: .kubernetesUnreachable,
                command: failure(command, result))
        }
        return result
    }

    /// Asks for JSON; nil if the object does not exist.
    func json(_ arguments: [String]) async throws -> Value? {
        let result = try await run(arguments + ["-o", "json"])
        return result.succeeded ? Value(json: String(decoding: result.standardOutput, as: UTF8.self)) : nil
    }

    /// The record of a failed command.
    func failure(_ command: Command, _ result: CommandResult) -> CommandFailure {
        StepFailure.of(command, result, on: transport, in: context)
    }
}
