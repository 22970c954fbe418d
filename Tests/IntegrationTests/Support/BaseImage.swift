import Foundation
public import MatrixCore
import MatrixPlatforms
import MatrixRemote
import Synchronization

/// The one image of the hosts that tests reach: Debian 12 as the podman platform makes it, with the programs by which checks ask.
///
/// The platform's own lock lets one process of this machine make it while the others wait.
public enum BaseImage {
    /// The system that it is.
    public static let system = OperatingSystem(
        name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"),
        debianSuite: "bookworm")

    private static let packages = ["curl", "netcat-openbsd", "openssl"]
    private static let making = Mutex<Task<String, any Error>?>(nil)

    /// Its name in Podman's storage; made first if it is not there.
    public static func name() async throws -> String {
        let task = making.withLock { making in
            let task = making ?? Task { try await make() }
            making = task
            return task
        }
        return try await task.value
    }

    private static func make() async throws -> String {
        try await PodmanHostKit.image(of: system, packages: packages, state: state, runner: LocalTransport()) { print("# \($0)") }
    }

    /// For an account without a home.
    static let state = FileManager.default.temporaryDirectory.path + "/solti-matrix-tests"
}
