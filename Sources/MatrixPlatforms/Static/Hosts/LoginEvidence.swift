internal import MatrixCore
internal import MatrixRemote

/// What OpenSSH says of a login that does not succeed, step by step.
struct LoginEvidence: Sendable {
    let runner: any Transport

    private static let limit = Duration.seconds(20)

    /// - Parameter knownHosts: where the host's key is looked up.
    func all(of machine: PoolMachine, knownHosts: String?) async -> [Evidence] {
        let options =
            ["BatchMode=yes", "ConnectTimeout=10", "StrictHostKeyChecking=yes", "ControlMaster=no", "ControlPath=none"]
            + (knownHosts.map { ["UserKnownHostsFile=\(Endpoint.optionWord($0))"] } ?? []) + machine.options
        let key = machine.key.map { ["-i", $0] } ?? []
        let words =
            ["ssh", "-v"] + options.flatMap { ["-o", $0] } + key
            + ["-p", "\(machine.port)", "-l", machine.user, "--", machine.address, "true"]
        guard let result = try? await runner.run(Command(words, timeout: Self.limit)) else { return [] }
        let shown = ShellQuoting.join(
            ["ssh", "-v"] + machine.options.flatMap { ["-o", $0] } + key + [
                "-p", "\(machine.port)", "\(machine.user)@\(machine.address)", "true",
            ])
        let said = result.errorOutput
        return [Evidence("ssh", command: shown, text: said, advice: result.succeeded ? nil : Self.advice(said, machine))]
    }

    static func advice(_ said: String, _ machine: PoolMachine) -> String? {
        let place = "\(machine.address):\(machine.port)"
        if said.contains("Connection refused") {
            return "nothing listens at \(place): start sshd there, or correct port: of \(machine.name)"
        }
        if said.contains("Could not resolve hostname") {
            return "the name \(machine.address) does not resolve: correct address: of \(machine.name)"
        }
        if said.contains("Connection timed out") || said.contains("No route to host") {
            return "\(place) does not answer: is \(machine.name) switched on, and does this machine reach its network?"
        }
        if said.contains("Permission denied") {
            return "\(machine.name) refuses the key: put the public key into \(machine.user)'s authorized_keys there"
        }
        if said.contains("Host key verification failed") {
            return "the host key of \(machine.name) is not the known one: compare it, then correct known_hosts"
        }
        return nil
    }
}
