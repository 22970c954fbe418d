/// What `matrix init` writes for a K3s cluster, whose nodes are another platform's hosts.
struct FirstCluster {
    /// The platform of the nodes.
    var nodes: FirstPlatform
    /// The matrix's name.
    var name: String

    /// The path of the application's manifest, relative to the matrix file.
    var manifest: String { "\(name)-greeting.yml" }

    /// The platform's settings file.
    var settings: String {
        """
        # K3s clusters on the hosts of another platform, whose file is in `use:` as well.
        platforms:
          k3s:
            driver: k3s
            nodes: \(nodes.rawValue)
            version: ${env.K3S_VERSION:-stable}      # a release such as v1.31.5+k3s1, or a channel
            server_args: [--disable, traefik]

        """
    }

    /// The part of the matrix file after its axes.
    var body: String {
        """
        hosts:
          control: {}
          worker: { count: 1 }
        \(override)
        timeouts: { provision: 20m }

        provision:
          packages: [ca-certificates, curl]
          update_cache: true

        deploy:
          - name: greeting
            kubernetes: { manifests: [\(manifest)], namespace: demo }

        verify:
          - kubernetes: { nodes: all }
            ready: 2
          - kubernetes: { path: /api/v1/namespaces/demo/configmaps/greeting }
            name: the greeting is there
            json: { data.text: hello }

        """
    }

    var application: String {
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: greeting }
        data: { text: hello }

        """
    }

    /// In a container K3s needs its privileges, and the snapshotter that needs no disk.
    private var override: String {
        nodes == .podman
            ? "\nplatforms:\n  podman: { privileged: true }\n  k3s: { config: { snapshotter: native } }\n" : ""
    }
}
