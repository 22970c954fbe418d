import ArgumentParser
import MatrixCore

/// `matrix export`.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Fan the cells out over CI runners or a Kubernetes Job.",
        discussion: """
            Each runner runs one shard: matrix run FILE --shard I/N. A last job merges their reports. If a shard left no report, the \
            merged report shows its cells as missing and is not green.
            """,
        subcommands: [GitHub.self, GitLab.self, Kubernetes.self]
    ).showing([
        "a workflow with one job for each cell": "matrix export github matrices/site.yml"
    ])

    /// `matrix export github FILE`.
    struct GitHub: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "github", abstract: "Write a GitHub Actions workflow; Gitea Actions accepts it, too."
        ).showing([
            "four jobs that share the cells": "matrix export github matrices/site.yml --shards 4 --output .github/workflows/site.yml"
        ])

        @OptionGroup var options: ExportOptions

        @Option(help: ArgumentHelp("The label of the runners.", valueName: "label"))
        var runsOn = "ubuntu-latest"

        @Flag(help: "Write only the list of shards, one line of JSON for strategy.matrix of your workflow.")
        var list = false

        func run() async throws {
            let fan = try options.fan(most: 256)
            try options.write(list ? fan.list : GitHubWorkflow(fan: fan, runner: runsOn).text)
        }
    }

    /// `matrix export gitlab FILE`.
    struct GitLab: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "gitlab", abstract: "Write a GitLab child pipeline.").showing([
            "a child pipeline": "matrix export gitlab matrices/site.yml --image registry.example/matrix --output site.gitlab-ci.yml"
        ])

        @OptionGroup var options: ExportOptions

        @Option(help: ArgumentHelp("The jobs' container image.", valueName: "image"))
        var image: String?

        func run() async throws { try options.write(GitLabPipeline(fan: try options.fan(most: 200), image: image).text) }
    }

    /// `matrix export kubernetes FILE`.
    struct Kubernetes: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "kubernetes", abstract: "Write an Indexed Job with a results volume.",
            discussion: """
                The Job needs Kubernetes 1.29 or newer and a volume that pods on several nodes can write (ReadWriteMany). With \
                --kubernetes 1.22 it works on a cluster of that release, and with --access-mode ReadWriteOnce or --host-path without such \
                a volume. The file states what it needs.
                """
        ).showing([
            "a Job for a cluster": "matrix export kubernetes matrices/site.yml --image registry.example/matrix --output job.yml"
        ])

        @OptionGroup var options: ExportOptions

        @Option(help: ArgumentHelp("A container image with matrix in it.", valueName: "image"))
        var image: String

        @Option(
            help: ArgumentHelp(
                "The Git repository of the matrix file (default: none, the image has the project in /project).", valueName: "url"))
        var repository: String?

        @Option(help: ArgumentHelp("The branch or tag of the repository.", valueName: "name"))
        var revision: String?

        @Option(
            help: ArgumentHelp(
                "The cluster's release, such as 1.22 (default: 1.29, which needs no more than a newer one).", valueName: "version"))
        var kubernetes: String?

        @Option(help: ArgumentHelp("The results volume's storage class, which must offer the access mode.", valueName: "name"))
        var storageClass: String?

        @Option(
            help: ArgumentHelp(
                "How pods use the results volume: ReadWriteMany (default), or ReadWriteOnce, which keeps all pods on one node.",
                valueName: "mode"))
        var accessMode: String?

        @Option(
            help: ArgumentHelp(
                "A folder of the node for the results, without a volume: for a cluster of one node, with --node, or if all nodes share it.",
                valueName: "path"))
        var hostPath: String?

        @Option(help: ArgumentHelp("The node that all pods run on (default: the cluster chooses).", valueName: "name"))
        var node: String?

        func run() async throws {
            let job = KubernetesJob(
                fan: try options.fan(most: 10_000), image: image, repository: repository, revision: revision, volume: try volume(),
                version: try version())
            try options.write(job.text)
        }

        private func version() throws -> KubernetesVersion {
            guard let kubernetes else { return .usual }
            guard let version = KubernetesVersion(kubernetes) else {
                throw UsageError("--kubernetes needs a release, not '\(kubernetes)'", hint: "write --kubernetes 1.29")
            }
            guard version >= .oldest else {
                throw UsageError(
                    "Kubernetes \(version) has no Indexed Jobs, or only behind a feature gate",
                    hint:
                        "use a cluster of Kubernetes \(KubernetesVersion.oldest) or newer; on 1.21 the file for "
                        + "\(KubernetesVersion.oldest) works with the gates IndexedJob and SuspendJob")
            }
            return version
        }

        private func volume() throws -> KubernetesVolume {
            if let hostPath {
                guard accessMode == nil, storageClass == nil else {
                    throw UsageError("--host-path has no access mode and no storage class", hint: "leave them out")
                }
                guard hostPath.hasPrefix("/"), hostPath != "/" else {
                    throw UsageError("--host-path needs an absolute path, not '\(hostPath)'", hint: "write --host-path /srv/matrix-results")
                }
                return KubernetesVolume(kind: .folder(hostPath), node: node)
            }
            let words = KubernetesVolume.AccessMode.allCases.map(\.rawValue).joined(separator: " or ")
            guard let mode = accessMode.map(KubernetesVolume.AccessMode.init(rawValue:)) ?? .many else {
                throw UsageError("--access-mode cannot be '\(accessMode ?? "")'", hint: "write \(words)")
            }
            return KubernetesVolume(kind: .claim(mode, storageClass: storageClass), node: node)
        }
    }
}
