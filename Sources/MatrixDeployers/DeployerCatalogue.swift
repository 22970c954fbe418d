public import MatrixCore

/// All kinds of deploy steps that come with `matrix`.
public enum DeployerCatalogue {
    /// The deployers, in the order of the reference.
    ///
    /// - Parameter runner: runs programs on this machine.
    public static func all(runner: any Transport) -> [any Deployer] {
        [
            AnsibleDeployer(runner: runner), ShellDeployer(), LocalDeployer(runner: runner), RebootDeployer(), CollectDeployer(),
            KubernetesDeployer(runner: runner),
        ]
    }
}
