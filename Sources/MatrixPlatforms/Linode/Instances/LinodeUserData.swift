internal import Foundation
import MatrixCore
internal import MatrixRemote

/// What cloud-init is told on a host's first boot: its SSH host key, which is then known from the start.
enum LinodeUserData {
    /// The most bytes that the API takes, before Base64.
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

/// The host keys of a run's instances: one for each name, so that an instance whose create was answered to nobody still has the key that is known.
actor LinodeHostKeys {
    private let context: PlatformContext
    private var made: [String: Task<HostKeys, any Error>] = [:]

    init(_ context: PlatformContext) {
        self.context = context
    }

    func keys(of label: String) async throws -> HostKeys {
        let making =
            made[label]
            ?? Task { [context] in
                guard let directory = context.access?.directory else {
                    throw InfrastructureError("making the host key of \(label)", why: "this run has no folder for keys", isTransient: false)
                }
                return try await HostKeys.make(for: label, in: directory, using: context.runner)
            }
        made[label] = making
        do {
            return try await making.value
        } catch {
            made[label] = nil
            throw error
        }
    }
}
