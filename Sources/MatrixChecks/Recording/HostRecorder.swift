public import MatrixCore

/// Writes checks from the state of a good host: services, ports, packages that were asked for, accounts, files, mounts and
/// kernel parameters that an administrator set.
///
/// What differs between two good hosts is left out: numbers of accounts, addresses that DHCP gave, ports that the kernel chose.
/// Each check is asked once more before it is written, so that a recording holds on the host that it was made from.
public struct HostRecorder: Sendable {
    private let checker: CheckRunner

    public init(checker: CheckRunner = CheckRunner()) {
        self.checker = checker
    }

    /// The file's text, without its last newline.
    ///
    /// - Parameter context: a cell of this one host.
    /// - Throws: `InfrastructureError` if the host could not be asked; `CancellationError`.
    public func record(_ host: Host, in context: CellContext) async throws -> String {
        let probes = RecordingProbe.all(context.cell.os)
        let script = ProbeScript(probes.map { .builtIn($0.script, user: "root", timeout: .seconds(60), limit: 4 << 20) })
        let transcript = ProbeTranscript(try await host.transport.run(script.command), of: script)
        var found: [RecordedCheck] = []
        var remarks: [String] = []
        for (probe, answer) in zip(probes, transcript.answers) {
            switch answer.map({ answer in Result { () throws(Unanswered) in try answer.builtInText() } }) {
            case .success(.success(let text)): found += probe.read(text)
            case .success(.failure(let unanswered)), .failure(let unanswered): remarks.append("\(probe.what): \(unanswered.why)")
            }
        }
        let (held, fallen) = try await confirmed(found, in: context)
        guard !held.isEmpty else {
            throw InfrastructureError(
                "recording checks from \(host.name)", why: remarks.first ?? "nothing was found", next: "log in as root or with sudo",
                isTransient: false)
        }
        return Self.text(held, remarks: remarks + fallen, of: host, context.cell.os)
    }

    /// Asks everything once more.
    private func confirmed(_ checks: [RecordedCheck], in context: CellContext) async throws -> ([RecordedCheck], [String]) {
        let steps = checks.enumerated().map { $0.element.step(number: $0.offset) }
        let results = try await checker.verify(steps, in: context) { _ in }
        var held: [RecordedCheck] = []
        var fallen: [String] = []
        for (check, result) in zip(checks, results) {
            if result.outcome == .passed {
                held.append(check)
            } else {
                fallen.append("left out, as it did not hold: \(check.kind) \(check.subject.text): \(result.message ?? "")")
            }
        }
        return (held, fallen)
    }

    private static func text(_ checks: [RecordedCheck], remarks: [String], of host: Host, _ os: OperatingSystem) -> String {
        var lines = ["# Recorded from \(host.name) (\(os.name)). Keep what matters; try it with: matrix check \(host.name) -f FILE"]
        lines += remarks.map { "# \(PlainText.clean($0).split(whereSeparator: \.isNewline).joined(separator: " "))" }
        var section = ""
        for check in checks {
            if check.section != section {
                section = check.section
                lines += ["", "# \(section)"]
            }
            lines.append(String(check.yaml.dropLast()))
        }
        return lines.joined(separator: "\n")
    }
}
