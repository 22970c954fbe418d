import MatrixCore
import MatrixPlatforms
import MatrixTesting

extension PodmanBridge.Kit {
    /// The options with which the `podman` platform would start containers on this machine.
    static func find(state: String, runner: any Transport) async throws -> Self {
        let kit = try await PodmanHostKit.find(state: state, runner: runner)
        return Self(options: kit.options, creation: kit.creation)
    }
}
