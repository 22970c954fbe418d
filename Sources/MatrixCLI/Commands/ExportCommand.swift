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
        subcommands: [GitHub.self, GitLab.self, Kubernetes.self])

    /// `matrix export github FILE`.
    struct GitHub: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "github", abstract: "Write a GitHub Actions workflow; Gitea Actions accepts it, too.")

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
        static let configuration = CommandConfiguration(commandName: "gitlab", abstract: "Write a GitLab child pipeline.")

        @OptionGroup var options: ExportOptions

        @Option(help: ArgumentHelp("The jobs' container image.", valueName: "image"))
        var image: String?

        func run() async throws { try options.write(GitLabPipeline(fan: try options.fan(most: 200), image: image).text) }
    }

    /// `matrix export kubernetes FILE`.
    struct Kubernetes: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "kubernetes", abstract: "Write an Indexed Job with a results volume, for Kubernetes 1.29 and later.")

        @OptionGroup var options: ExportOptions

        @Option(help: ArgumentHelp("A container image with matrix in it.", valueName: "image"))
        var image: String

        @Option(
            help: ArgumentHelp(
                "The Git repository of the matrix file (default: none, the image has the project in /project).", valueName: "url"))
        var repository: String?

        @Option(help: ArgumentHelp("The branch or tag of the repository.", valueName: "name"))
        var revision: String?

        @Option(help: ArgumentHelp("The results volume's storage class, which must let several nodes write.", valueName: "name"))
        var storageClass: String?

        func run() async throws {
            let job = KubernetesJob(
                fan: try options.fan(most: 10_000), image: image, repository: repository, revision: revision, storageClass: storageClass)
            try options.write(job.text)
        }
    }
}
