/// Where the pods of an exported Job leave their results, and what that asks of the cluster.
struct KubernetesVolume {
    enum AccessMode: String, CaseIterable {
        /// Pods on several nodes write at once: NFS, CephFS.
        case many = "ReadWriteMany"
        /// Only pods of one node: most storage classes, such as K3s's local-path.
        case once = "ReadWriteOnce"
    }

    enum Kind {
        /// A volume of the cluster.
        case claim(AccessMode, storageClass: String?)
        /// A folder of a node, or one that all nodes share.
        case folder(String)
    }

    var kind: Kind
    /// The node that all pods run on; nil if the cluster chooses.
    var node: String?

    /// What it needs, for people.
    var need: String {
        switch kind {
        case .claim(.many, _): "a volume that pods on several nodes can write (ReadWriteMany)"
        case .claim(.once, _): "a volume that the pods of one node can write (ReadWriteOnce): all pods run on one node"
        case .folder(let path):
            node.map { "the folder \(path) of the node \($0)" }
                ?? "the folder \(path), the same on all nodes: a single node, or a shared folder"
        }
    }

    /// The claim's document with its separator; empty without one.
    func claim(_ name: String) -> String {
        guard case .claim(let mode, let storageClass) = kind else { return "" }
        return """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata:
              name: \(name)-results
            spec:
              accessModes: [\(mode.rawValue)]
            \(storageClass.map { "  storageClassName: \(ShardPlan.quoted($0))\n" } ?? "")  resources:
                requests:
                  storage: 5Gi
            ---

            """
    }

    /// The source of the pods' volume `results`, below its name.
    func source(_ name: String) -> String {
        switch kind {
        case .claim: "          persistentVolumeClaim:\n            claimName: \(name)-results"
        case .folder(let path): "          hostPath:\n            path: \(ShardPlan.quoted(path))\n            type: DirectoryOrCreate"
        }
    }

    /// Labels of the pods by which others find their node; empty if any node will do.
    func labels(_ name: String) -> String {
        isOnOneNode ? "    metadata:\n      labels:\n        matrix-results: \(name)\n" : ""
    }

    /// What keeps the pods on one node; empty if any node will do.
    func placement(_ name: String) -> String {
        if let node { return "      nodeSelector:\n        kubernetes.io/hostname: \(ShardPlan.quoted(node))\n" }
        guard isOnOneNode else { return "" }
        return """
                  # The volume is on one node at a time. The first pod may choose it.
                  affinity:
                    podAffinity:
                      requiredDuringSchedulingIgnoredDuringExecution:
                        - topologyKey: kubernetes.io/hostname
                          labelSelector:
                            matchLabels:
                              matrix-results: \(name)

            """
    }

    private var isOnOneNode: Bool { if case .claim(.once, _) = kind { node == nil } else { false } }
}
