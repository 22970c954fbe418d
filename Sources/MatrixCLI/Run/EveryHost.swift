import MatrixCore
import MatrixRemote
import Synchronization

/// Runs one command on many hosts at once, and prints each line with its host in front.
struct EveryHost {
    /// How many hosts are asked at once.
    private static let limit = 32

    /// A host and the words of `ssh` that run the command there.
    struct Target: Sendable {
        /// `debian12-podman`, or `debian12-podman:web-1` in a cell of several hosts.
        let label: String
        let arguments: [String]
    }

    let targets: [Target]

    /// Runs the command to its end on every host.
    ///
    /// - Returns: passed, failed if its exit status is not zero on a host, or infrastructure if a host was not reached.
    func run() async -> ExitStatus {
        let width = targets.map(\.label.columns).max() ?? 0
        let endings = await mapConcurrently(targets, limit: Self.limit) { target in await Self.run(target, width: width) }
        var statuses: [ExitStatus] = [.passed]
        for (target, ending) in zip(targets, endings) {
            switch ending {
            case .success(0): break
            // ssh itself failed.
            case .success(255):
                Terminal.error("\(target.label): not reached, or the command ended with status 255")
                statuses.append(.infrastructure)
            case .success(let status):
                Terminal.error("\(target.label): exit status \(status)")
                statuses.append(.failed)
            case .failure(let error):
                Terminal.problem("\(target.label): \(error)")
                statuses.append(.infrastructure)
            }
        }
        return .worst(of: statuses)
    }

    private static func run(_ target: Target, width: Int) async -> Result<Int32, any Error> {
        let front = target.label + String(repeating: " ", count: width - target.label.columns) + " | "
        do {
            let result = try await LocalTransport().run(Command(target.arguments)) { line in
                let text = front + Terminal.shown(line.text)
                if line.stream == .standardOutput { Terminal.output(text) } else { Terminal.error(text) }
            }
            return .success(result.exitStatus)
        } catch {
            return .failure(error)
        }
    }
}
