import Foundation

/// Stand-ins for what the matrices of `matrices/suites/` install. They have the interface of the official installers.
struct LabInstallers {
    /// The variables by which these matrices find them.
    let environment: [String: String]
    /// The files on hosts with the words that make the installers fail.
    static let words = ["/etc/installer-stand-in", "/etc/k3s-stand-in"]

    /// Builds the parts that are not in the project.
    ///
    /// - Parameter folder: removed with the lab.
    static func make(in folder: String) async throws -> LabInstallers {
        let agent = "\(folder)/wazuh-agent.deb"
        try await LabFiles.run("fixtures/installers/wazuh-agent/build.sh", agent)
        return LabInstallers(environment: [
            "ISPCONFIG_INSTALLER": LabFiles.path("fixtures/installers/ispconfig.sh"),
            "SOLTI_CONTAINERS": LabFiles.path("fixtures/installers/solti-containers"),
            "WAZUH_AGENT": agent, "WAZUH_INSTALLER": LabFiles.path("fixtures/installers/wazuh-install.sh"),
        ])
    }
}
