import ArgumentParser
import MatrixCore

/// `matrix create FILE`.
struct CreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create cells and leave them up.",
        discussion: "Cells that are up stay as they are. If the create of a cell fails, what it created is destroyed."
    ).showing([
        "one cell": "matrix create matrices/site.yml --cell debian12-podman"
    ])

    @OptionGroup var options: StageOptions

    func run() async throws { try await StagedWork(options: options.withFile(for: "matrix create")).create() }
}

/// `matrix provision FILE`.
struct ProvisionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provision", abstract: "Provision cells that are up.",
        discussion: "Discards earlier deploy and verify results. May be repeated."
    ).showing([
        "again, after a change of provision:": "matrix provision matrices/site.yml --cell debian12-podman"
    ])

    @OptionGroup var options: StageOptions

    func run() async throws { try await StagedWork(options: options.withFile(for: "matrix provision")).run(.provision) }
}

/// `matrix deploy FILE`.
struct DeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "Run the deploy steps on cells that are up.",
        discussion: "Provisions a cell first if that was not done, or failed. May be repeated."
    ).showing([
        "the steps with a tag": "matrix deploy matrices/site.yml --tags web"
    ])

    @OptionGroup var options: StageOptions

    func run() async throws { try await StagedWork(options: options.withFile(for: "matrix deploy")).run(.deploy) }
}

/// `matrix verify FILE`.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Run the checks on cells that are up.",
        discussion: """
            Deploys a cell first if nothing was deployed yet. A cell whose deploy failed is verified as it is. The finally: steps follow. \
            Exit status 1 if a verdict is bad, that of the last deploy included. May be repeated.
            """
    ).showing([
        "one cell": "matrix verify matrices/site.yml --cell debian12-podman"
    ])

    @OptionGroup var options: StageOptions

    func run() async throws { try await StagedWork(options: options.withFile(for: "matrix verify")).run(.verify) }
}
