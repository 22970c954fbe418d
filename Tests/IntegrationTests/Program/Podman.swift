import Foundation

/// What Podman holds of one run.
enum Podman {
    /// An environment in which Podman knows the networks only that were made in it.
    static func ownNetworks(in project: Project) throws -> [String: String] {
        let folder = project.url.appendingPathComponent("networks").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try project.write("[network]\nnetwork_config_dir = \"\(folder)\"\n", to: "containers.conf")
        return ["CONTAINERS_CONF": project.url.appendingPathComponent("containers.conf").path]
    }

    /// Names of all containers and networks that carry the run's label.
    static func leftovers(of run: String) throws -> [String] {
        let label = "label=solti-matrix-run-\(run)"
        let containers = try Shell.run("podman", "ps", "--all", "--filter", label, "--format", "{{.Names}}").output
        let networks = try Shell.run("podman", "network", "ls", "--filter", label, "--format", "{{.Name}}").output
        return (containers + networks).split(separator: "\n").map(String.init)
    }
}
