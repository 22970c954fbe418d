/// An Indexed Job of Kubernetes with a pod for each shard, a volume for their results, and a second Job that merges them.
struct KubernetesJob {
    let fan: ShardPlan
    let image: String
    let repository: String?
    let revision: String?
    let volume: KubernetesVolume
    let version: KubernetesVersion

    /// In an older cluster the first pod that fails would end the others: their status does not tell, and the merged report does.
    private var shard: String {
        let run = fan.run("$((JOB_COMPLETION_INDEX + 1))", reports: "/results/$JOB_COMPLETION_INDEX", more: ["--format", "plain"])
        let guardian = #": "${JOB_COMPLETION_INDEX:?this cluster has no Indexed Jobs: it must be Kubernetes 1.22 or newer}""#
        let last = version.hasLimitPerIndex ? ["exec \(run)"] : ["\(run) || echo \"exit status $?: see the merged report\""]
        return ShardPlan.block([guardian] + fan.install + last, indent: 14)
    }

    private var limits: String {
        version.hasLimitPerIndex
            ? """
              # A failed shard does not stop the others and is not retried: its verdict stands.
              backoffLimitPerIndex: 0
              maxFailedIndexes: \(fan.count)
            """
            : """
              # A shard is not retried: its verdict stands.
              backoffLimit: 0
            """
    }

    private var intro: String {
        """
        # Written by: matrix export kubernetes. Each pod runs a part of the cells. When they have ended, merge their reports:
        #   kubectl patch job \(name)-report --type merge --patch '{"spec":{"suspend":false}}'
        # It needs Kubernetes \(version.need), and \(volume.need).

        """
    }

    var text: String {
        """
        \(intro)\(volume.claim(name))apiVersion: batch/v1
        kind: Job
        metadata:
          name: \(name)
        spec:
          completionMode: Indexed
          completions: \(fan.count)
          parallelism: \(fan.count)
        \(limits)
          template:
        \(volume.labels(name))    spec:
              restartPolicy: Never
              # Time to destroy what a shard has created.
              terminationGracePeriodSeconds: 600
        \(volume.placement(name))\(clone)      containers:
                - name: shard
                  image: \(ShardPlan.quoted(image))
                  workingDir: /project
                  command:
                    - sh
                    - -c
                    - \(shard)
        \(environment)          volumeMounts:
        \(mounts(indent: 12))
              volumes:
        \(volumes)
        ---
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: \(name)-report
        spec:
          suspend: true
          backoffLimit: 0
          template:
        \(volume.labels(name))    spec:
              restartPolicy: Never
        \(volume.placement(name))\(clone)      containers:
                - name: report
                  image: \(ShardPlan.quoted(image))
                  workingDir: /project
                  command:
                    - sh
                    - -c
                    - \(ShardPlan.block(fan.install + [Self.merge], indent: 14))
                  volumeMounts:
        \(mounts(indent: 12))
              volumes:
        \(volumes)

        """
    }

    private var name: String { "matrix-\(fan.label)" }

    /// The shards' folders are named by their index; the folder of merged reports is next to them.
    private static let merge = "exec matrix report merge --reports /results/merged /results/[0-9]*"

    private var clone: String {
        guard let repository else { return "" }
        let branch = revision.map { "--branch \($0) " } ?? ""
        return """
                  initContainers:
                    - name: clone
                      image: \(ShardPlan.quoted(image))
                      command:
                        - sh
                        - -c
                        - \(ShardPlan.block(["exec git clone --depth 1 \(branch)\(repository) /project"], indent: 14))
                      volumeMounts:
                        - name: project
                          mountPath: /project

            """
    }

    private var environment: String {
        guard !fan.variables.isEmpty else { return "" }
        let entries = fan.variables.map { variable in
            """
                        - name: \(variable)
                          valueFrom:
                            secretKeyRef:
                              name: \(name)
                              key: \(variable)

            """
        }
        return
            "          # kubectl create secret generic \(name)\(fan.variables.map { " --from-literal=\($0)=…" }.joined())\n          env:\n"
            + entries.joined()
    }

    private func mounts(indent: Int) -> String {
        let blank = String(repeating: " ", count: indent)
        let project = repository == nil ? "" : "\n\(blank)- name: project\n\(blank)  mountPath: /project"
        return "\(blank)- name: results\n\(blank)  mountPath: /results\(project)"
    }

    private var volumes: String {
        let project = repository == nil ? "" : "\n        - name: project\n          emptyDir: {}"
        return "        - name: results\n\(volume.source(name))\(project)"
    }
}
