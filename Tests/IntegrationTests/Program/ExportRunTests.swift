import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// What `matrix export` writes, run as its engines run it: every job's own commands, artifacts carried between them, the reports merged.
///
/// The engines' parts are played here (`Engines/`); the cells are rehearsals.
@Suite(.requires(.programs, .helperPrograms, .git, .xmllint)) struct ExportRunTests {
    enum Engine: String, CaseIterable {
        case github
        case gitlab
        case kubernetes

        func run(_ text: String, on fleet: RunnerFleet) throws -> EngineEnding {
            switch self {
            case .github: try GitHubEngine(fleet: fleet).run(text)
            case .gitlab: try GitLabEngine(fleet: fleet).run(text)
            case .kubernetes: try KubernetesEngine(fleet: fleet).run(text)
            }
        }
    }

    private static let file = "matrices/our web.yml"
    private static let green = "speed: 10000"
    /// One failed check, one create that passes when it is tried again, one destroy that leaves something: the worst of them counts.
    private static let red = """
        speed: 10000
        cells:
          - { cell: debian13-podman-b, faults: [{ phase: verify, step: "file */b", outcome: failed, message: it is not there }] }
          - { cell: debian12-podman-a, faults: [{ phase: create, message: no capacity, times: 1 }] }
        """

    private let project: Project

    init() throws {
        project = try Project()
        try project.write(
            """
            version: 1
            name: "Web & \\"quoted\\""
            platforms: { podman: { driver: podman } }
            axes: { os: [debian12, debian13, rocky9], platform: [podman], db: [a, b] }
            exclude: [{ os: rocky9, db: b }]
            secrets: { token: { env: API_TOKEN } }
            deploy: [{ name: touch, shell: "touch /srv/${axis.db}" }]
            verify: [{ file: "/srv/${axis.db}" }, { port: 22 }]
            """, to: Self.file)
        try project.commit("matrices")
    }

    private func run(_ engine: Engine, _ scenario: String, lost: [Int] = [], shards: Int = 3, more: [String] = []) async throws
        -> EngineEnding
    {
        let image = engine == .kubernetes ? ["--image", "registry.example/matrix:1"] : []
        let made = try await MatrixProcess.run(["export", engine.rawValue, Self.file, "--shards", "\(shards)"] + image + more, in: project)
        try #require(made.status == 0, "\(made.errors)")
        return try engine.run(made.output, on: RunnerFleet(project, scenario: scenario, lost: Set(lost)))
    }

    /// The run of the whole matrix on one machine.
    private func runWhole(_ scenario: String) async throws -> (status: Int32, report: Report) {
        try project.write(scenario, to: "scenario.yml")
        let ending = try await MatrixProcess.run(["run", Self.file, "--scenario", "scenario.yml", "--format", "json"], in: project)
        let run = try JSON.decode(RunResult.self, from: Array(ending.output.utf8)).run
        return (ending.status, try Report(at: project.url.appendingPathComponent("reports/\(run)")))
    }

    @Test(arguments: Engine.allCases, [green, red]) func theMergedReportIsThatOfTheWholeMatrix(_ engine: Engine, _ scenario: String)
        async throws
    {
        let whole = try await runWhole(scenario)
        let ending = try await run(engine, scenario)
        let merged = try #require(ending.report)
        #expect(ending.shards.count == 3)
        #expect(ending.merge == whole.status && ending.merge == (scenario == Self.green ? 0 : 1))
        #expect(ending.isGreen == (whole.status == 0))
        #expect(merged.result.cells.count == 5)
        for document in ["results.json", "junit.xml", "ctrf.json"] {
            #expect(try merged.timeless(document) == whole.report.timeless(document), "\(document)")
        }
        try merged.validateJUnit()
    }

    /// An older cluster ends all shards if the pod of one fails, so none of them does.
    @Test func anOlderClusterMergesToTheSameReport() async throws {
        let whole = try await runWhole(Self.red)
        let ending = try await run(.kubernetes, Self.red, shards: 2, more: ["--kubernetes", "1.22", "--host-path", "/srv/results"])
        #expect(ending.shards == [0, 0])
        #expect(ending.merge == whole.status && ending.merge == 1 && !ending.isGreen)
        #expect(try ending.report?.timeless("results.json") == whole.report.timeless("results.json"))
    }

    /// A shard that died shows as cells without a verdict; the others keep theirs.
    @Test(arguments: Engine.allCases, [[2], [2, 3]]) func aShardThatDiedIsMissingAndNeverGreen(_ engine: Engine, _ lost: [Int]) async throws
    {
        let ending = try await run(engine, Self.green, lost: lost)
        #expect((1...3).filter { ending.shards[$0 - 1] != 0 } == lost)
        let merged = try #require(ending.report).result
        #expect(ending.merge == 3 && merged.exitStatus == .infrastructure && !ending.isGreen)
        #expect(merged.cells.count == 5, "every cell of the matrix is there")
        for (position, cell) in merged.cells.enumerated() {
            #expect(cell.outcome == (lost.contains(position % 3 + 1) ? .error : .passed), "\(cell.name)")
        }
        #expect(merged.cells.filter { $0.outcome == .error }.allSatisfy { $0.cases.map(\.type) == ["matrix.shard.missing"] })
        try ending.report?.validateJUnit()
    }

    @Test(arguments: Engine.allCases) func noShardAtAllIsNoReportAndNeverGreen(_ engine: Engine) async throws {
        let ending = try await run(engine, Self.green, lost: [1, 2, 3])
        #expect(ending.report == nil && ending.merge == 2 && !ending.isGreen)
    }

    @Test(arguments: Engine.allCases) func oneShardIsTheWholeMatrix(_ engine: Engine) async throws {
        let ending = try await run(engine, Self.green, shards: 1)
        #expect(ending.isGreen && ending.shards.count == 1 && ending.report?.result.cells.count == 5)
    }

    /// The list that a workflow of one's own takes by `fromJSON`: what each of its jobs says to `--shard` selects the cells that it names.
    @Test func theListOfShardsIsOneLineAndCoversEveryCellOnce() async throws {
        let made = try await MatrixProcess.run(["export", "github", Self.file, "--shards", "2", "--list"], in: project)
        #expect(made.output.split(separator: "\n").count == 1)
        let jobs = try #require(Value(json: made.output)?["include"]).elements
        var all: [String] = []
        for job in jobs {
            let shard = try #require(job["shard"]?.string)
            let plan = try await MatrixProcess.run(["plan", Self.file, "--format", "json", "--shard", shard], in: project)
            let cells = try #require(Value(json: plan.output)?["cells"]).elements.compactMap { $0["name"]?.string }
            #expect(job["cells"]?.string == cells.joined(separator: ", "))
            all += cells
        }
        #expect(jobs.compactMap { $0["shard"]?.string } == ["1/2", "2/2"] && Set(all).count == 5 && all.count == 5)
    }
}

extension Report {
    /// A document of the report without what differs from run to run: times, the run's id, and how it was started.
    fileprivate func timeless(_ name: String) throws -> String {
        var text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        if name == "results.json", case .map(var members)? = Value(json: text) {
            members["environment"] = nil
            text = Value.map(members).json
        }
        return text.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/, with: "TIME")
            .replacing(/\d{6}-\d{6}-[0-9a-z]{4}/, with: "RUN")
            .replacing(/"(seconds|duration|start|stop)":[-0-9.e]+/) { "\"\($0.output.1)\":0" }
            .replacing(#/ time="[0-9.]+"/#, with: "")
    }
}
