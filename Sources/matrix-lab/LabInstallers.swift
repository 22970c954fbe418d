import Foundation

/// Stand-ins of what the matrices of `matrices/suites/` install: they have the interface of the official installers.
struct LabInstallers {
    /// With what these matrices find them.
    let environment: [String: String]
    /// Where hosts read the words with which they go wrong.
    static let words = ["/etc/installer-stand-in", "/etc/k3s-stand-in"]

    /// Builds what is not in the project.
    ///
    /// - Parameter folder: goes with the lab.
    static func make(in folder: String) async throws -> LabInstallers {
        let agent = "\(folder)/wazuh-agent.deb"
        try await LabFiles.run("fixtures/installers/wazuh-agent/build.sh", agent)
        return LabInstallers(environment: [
            "ISPCONFIG_INSTALLER": LabFiles.path("fixtures/installers/ispconfig.sh"), "SOLTI_CONTAINERS": LabFiles.path("fixtures/installers/solti-containers"),
            "WAZUH_AGENT": agent, "WAZUH_INSTALLER": LabFiles.path("fixtures/installers/wazuh-install.sh"),
        ])
    }
}
