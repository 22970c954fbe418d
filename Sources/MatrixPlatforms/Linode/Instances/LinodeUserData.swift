internal import Foundation
import MatrixCore
internal import MatrixRemote

/// The data for cloud-init on a host's first boot: the SSH host key, so that it is known from the start.
enum LinodeUserData {
    /// The most bytes that the API accepts, before Base64.
    static let limit = 65_535

    /// The cloud-config, in Base64.
    static func make(_ keys: HostKeys) -> String {
        let indented = keys.privateKey.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        let config = """
            #cloud-config
            disable_root: false
            ssh_pwauth: false
            ssh_deletekeys: true
            ssh_keys:
              ed25519_private: |
            \(indented)
              ed25519_public: \(keys.publicKey)

            """
        return Data(config.utf8).base64EncodedString()
    }
}

/// The host keys of a run's instances. One key per name, so that it is known even if the reply to the create was lost.
struct LinodeHostKeys: Sendable {
    let context: PlatformContext
    private let made = SingleFlight<HostKeys>()

    func keys(of label: String) async throws -> HostKeys {
        try await made.value(label) { [context] _ in
            guard let directory = context.access?.directory else {
                throw InfrastructureError("making the host key of \(label)", why: "this run has no folder for keys", isTransient: false)
            }
            return try await HostKeys.make(for: label, in: directory, using: context.runner)
        }
    }
}
