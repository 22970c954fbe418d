import ArgumentParser
import MatrixCore

/// `matrix create FILE`.
struct CreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a matrix's cells and leave them up.",
        discussion: "Cells that are up already stay as they are. A cell whose create fails is taken down again.")

    @OptionGroup var options: StageOptions

    func run() async throws { try await StagedWork(options: options).create() }
}

/// `matrix provision FILE`.
struct ProvisionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provision", abstract: "Provision cells that are up.",
        discussion: "May be repeated; a deploy and verify from before count no longer then.")

    @OptionGroup var options: StageOptions

    func run() async throws { try await StagedWork(options: options).run(.provision) }
}

/// `matrix deploy FILE`.
struct DeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "Run the deploy steps on cells that are up.",
        discussion: "A cell that was not provisioned yet is provisioned first. May be repeated.")

    @OptionGroup var options: StageOptions

    func run() async throws { try await StagedWork(options: options).run(.deploy) }
}

/// `matrix verify FILE`.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Ask the checks of cells that are up.",
        discussion: """
            A cell that nothing was deployed to yet is deployed first; one whose deploy failed is verified as it is. The finally: steps \
            follow. Exit status 1 where a verdict is bad, that of the last deploy included. May be repeated.
            """)

    @OptionGroup var options: StageOptions

    func run() async throws { try await StagedWork(options: options).run(.verify) }
}
