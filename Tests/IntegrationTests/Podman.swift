/// What Podman holds of one run.
enum Podman {
    /// Names of all containers and networks that carry the run's label.
    static func leftovers(of run: String) throws -> [String] {
        let label = "label=solti-matrix-run-\(run)"
        let containers = try Shell.run("podman", "ps", "--all", "--filter", label, "--format", "{{.Names}}").output
        let networks = try Shell.run("podman", "network", "ls", "--filter", label, "--format", "{{.Name}}").output
        return (containers + networks).split(separator: "\n").map(String.init)
    }
}
