internal import MatrixCore

/// Tells a container that exited from one that is only slow.
struct ContainerDeath: Sendable {
    let podman: Podman

    /// - Throws: `InfrastructureError` with the last lines of its log if the container does not run.
    func check(_ resource: Resource, _ id: String) async throws {
        guard let container = try await podman.container(id) else {
            throw InfrastructureError(
                "container \(resource.name) is gone", why: "something else removed it", next: "create it again", type: .createGone)
        }
        guard !container.isRunning else { return }
        let log = try? await podman.run(["logs", "--tail", "15", id], timeout: .seconds(15))
        let tail = log.map { PlainText.clean($0.standardOutput + $0.standardError) } ?? ""
        throw InfrastructureError(
            "container \(resource.name) exited while it booted", why: cause(container),
            next: "see its output, which is kept beside the log of the create", type: .createExited,
            command: CommandFailure(
                commandLine: "podman logs --tail 15 \(resource.name)", outcome: cause(container),
                exitStatus: container.exitCode.map { Int32(truncatingIfNeeded: $0) },
                outputTail: tail))
    }

    private func cause(_ container: ContainerState) -> String {
        container.isOutOfMemory
            ? "the kernel killed it: out of memory"
            : "it is \(container.status) with exit status \(container.exitCode.map(String.init) ?? "unknown")"
    }
}
