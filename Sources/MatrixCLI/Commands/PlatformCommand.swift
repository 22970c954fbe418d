public import ArgumentParser
import MatrixConformance
public import MatrixCore
import Synchronization

/// `matrix platform`.
struct PlatformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "platform", abstract: "Try what a platform promises.", subcommands: [PlatformTestCommand.self]
    ).showing([
        "try everything": "matrix platform test matrices/site.yml"
    ])
}

/// `matrix platform test FILE`.
struct PlatformTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Try each promise of a platform, and say which it breaks.",
        discussion: """
            Creates and destroys hosts for real, dozens of them one after the other, and lets the calls to the platform go wrong: lost \
            replies, senseless answers, kills. After each case everything is removed. The hosts have the system of the first selected \
            cell of each platform. Exit status: 0 no promise is broken, 1 one is, 3 none could be tried, 4 something may be left behind.
            """
    ).showing([
        "the cheapest promise: one host": "matrix platform test matrices/site.yml --only life"
    ])

    @Argument(help: "The matrix file.", completion: Complete.yaml)
    var file: String

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var state: StateOptions

    @Option(
        help: ArgumentHelp(
            "Only this promise (repeatable): \(Promise.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "promise"))
    var only: [Promise] = []

    @Option(help: ArgumentHelp("At how many calls of a create or destroy something goes wrong, each with a new host.", valueName: "n"))
    var strikes = 3

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    func validate() throws {
        guard strikes > 0 else { throw ValidationError("--strikes needs a number from 1 on, not '\(strikes)'") }
    }

    func run() async throws {
        let plan = try MatrixSource.load(file, selection.selection)
        guard !plan.cells.isEmpty else { throw UsageError("no cell is selected", hint: "leave out --cell and --where") }
        let folder = try StateFolder(state.folder(project: plan.project))
        let runner = try await Runner.transport(for: plan)
        let secrets = try await PlanSecrets.platforms(of: plan, using: runner)
        let names = Set(plan.cells.map(\.platform)).sorted()
        let harnesses = names.compactMap { name in
            plan.cells.first { $0.platform == name }.map { LivePlatform($0, of: plan, state: folder, runner: runner, secrets: secrets) }
        }
        let verdicts = try await tried(harnesses)
        for harness in harnesses { try await harness.close() }
        Terminal.output(format == .json ? try Terminal.json(PlatformVerdict.value(verdicts)) : PlatformVerdict.table(verdicts))
        if let status = PlatformVerdict.status(verdicts) { throw ExitCode(status) }
    }

    private func tried(_ harnesses: [LivePlatform]) async throws -> [PlatformVerdict] {
        let work = Task { [only, strikes] in
            var verdicts: [PlatformVerdict] = []
            for harness in harnesses {
                let suite = ConformanceSuite(harness, mostStrikes: strikes)
                for promise in Promise.allCases where (only.isEmpty || only.contains(promise)) && !Task.isCancelled {
                    Terminal.error("\(harness.platform): \(promise.rawValue): \(promise.summary)")
                    verdicts.append(PlatformVerdict(platform: harness.platform, verdict: await suite.verdict(on: promise)))
                }
            }
            return verdicts
        }
        let stopped = Mutex<ExitStatus?>(nil)
        let watch = SignalWatch { status in
            Terminal.error("stopping; removing what was made")
            stopped.withLock { $0 = status }
            work.cancel()
        } abandon: { status in
            Terminal.error("abandoned: hosts may be left behind; remove them with: matrix reap --yes")
            return status
        }
        let verdicts = await watch.watch { await work.value }
        if let status = stopped.withLock(\.self) { throw ExitCode(status) }
        return verdicts
    }
}

extension Promise: ExpressibleByArgument {}
