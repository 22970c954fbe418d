import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// What `matrix export` writes, held against the official schemas of its readers.
@Suite(.requires(.programs, .pythonPackages)) struct ExportTests {
    private func project() throws -> Project {
        let project = try Project()
        try project.write(
            """
            version: 1
            name: "Web & \\"quoted\\" ${env.NOTHING:-name}"
            platforms: { podman: { driver: podman } }
            axes: { os: [debian12, debian13], platform: [podman], db: [a, b] }
            secrets: { token: { env: API_TOKEN } }
            deploy: [{ name: touch, shell: touch /srv/x }]
            verify: [{ file: /srv/x }]
            """, to: "matrices/our web.yml")
        return project
    }

    private func export(_ arguments: String...) async throws -> (Project, String) {
        let project = try project()
        let ending = try await MatrixProcess.run(["export"] + arguments + ["matrices/our web.yml", "--output", "out/ci.yml"], in: project)
        try #require(ending.status == 0, "\(ending.errors)")
        return (project, try project.read("out/ci.yml"))
    }

    @Test(arguments: [
        [], ["--shards", "1"], ["--install", "curl -fsS https://example.net/install.sh | sh", "--env", "EXTRA", "--where", "os=debian12"],
    ])
    func gitHubsSchemaTakesTheWorkflow(_ more: [String]) async throws {
        let project = try project()
        let ending = try await MatrixProcess.run(["export", "github", "matrices/our web.yml", "-o", "ci.yml"] + more, in: project)
        try #require(ending.status == 0, "\(ending.errors)")
        try EngineSchemas.check("vendor.github-workflows", project.url.appendingPathComponent("ci.yml").path)
        let text = try project.read("ci.yml")
        #expect(text.contains("API_TOKEN: ${{ secrets.API_TOKEN }}"))
        #expect(text.contains("matrix run 'matrices/our web.yml'"))
        #expect(text.contains("fail-fast: false") && text.contains("if: ${{ !cancelled() }}"))
    }

    @Test("a workflow carries the variables that are set here too, and the merge those of its command")
    func variables() async throws {
        let project = try Project()
        try project.write(
            """
            version: 1
            platforms: { podman: { driver: podman } }
            axes: { os: [debian12], platform: [podman] }
            vars: { region: "${env.REGION}", room: "${env.ROOM:-none}" }
            secrets: { token: { env: API_TOKEN } }
            after: { run: [sh, -c, exit], env: { TOKEN: "${secrets.token}" } }
            verify: [{ command: "echo ${vars.region}" }]
            """, to: "m.yml")
        let ending = try await MatrixProcess.run(
            ["export", "github", "m.yml", "-o", "ci.yml"], in: project, environment: ["REGION": "here"])
        try #require(ending.status == 0, "\(ending.errors)")
        let text = try project.read("ci.yml")
        try EngineSchemas.check("vendor.github-workflows", project.url.appendingPathComponent("ci.yml").path)
        #expect(text.ranges(of: "REGION: ${{ vars.REGION || secrets.REGION }}").count == 2, "\(text)")
        #expect(text.ranges(of: "API_TOKEN: ${{ secrets.API_TOKEN }}").count == 2 && !text.contains("ROOM:"))
    }

    @Test(arguments: [[], ["--shards", "1"], ["--install", "sh install.sh", "--image", "registry.example/matrix:1"]])
    func gitLabsSchemaTakesThePipeline(_ more: [String]) async throws {
        let project = try project()
        let ending = try await MatrixProcess.run(["export", "gitlab", "matrices/our web.yml", "-o", "ci.yml"] + more, in: project)
        try #require(ending.status == 0, "\(ending.errors)")
        try EngineSchemas.check("vendor.gitlab-ci", project.url.appendingPathComponent("ci.yml").path)
        #expect(try project.read("ci.yml").contains("parallel: 4") == (more.first != "--shards"))
    }

    @Test(arguments: [
        [], ["--repository", "https://example.net/project.git", "--revision", "main", "--storage-class", "nfs"],
        ["--access-mode", "ReadWriteOnce", "--storage-class", "local-path"],
        ["--kubernetes", "v1.24.3+k3s1", "--host-path", "/srv/results"],
        ["--host-path", "/srv/results", "--node", "node-1", "--repository", "https://example.net/project.git"],
    ])
    func kubernetesTakesTheJobs(_ more: [String]) async throws {
        let project = try project()
        let ending = try await MatrixProcess.run(
            ["export", "kubernetes", "matrices/our web.yml", "--image", "registry.example/matrix:1", "--shards", "3", "-o", "job.yml"]
                + more, in: project)
        try #require(ending.status == 0, "\(ending.errors)")
        try EngineSchemas.checkKubernetes(project.url.appendingPathComponent("job.yml").path)
        let text = try project.read("job.yml")
        #expect(
            text.contains("completionMode: Indexed") && text.contains("completions: 3")
                && text.contains("--shard $((JOB_COMPLETION_INDEX + 1))/3"))
    }

    private func job(_ more: String...) async throws -> (status: Int32, text: String, errors: String) {
        let ending = try await MatrixProcess.run(
            ["export", "kubernetes", "matrices/our web.yml", "--image", "registry.example/matrix:1", "--shards", "2"] + more, in: project())
        return (ending.status, ending.output, ending.errors)
    }

    @Test func anExportedJobStatesWhatItNeeds() async throws {
        let usual = try await job().text
        #expect(usual.contains("# It needs Kubernetes 1.29 or newer (for an older one, export it with --kubernetes 1.22)"))
        #expect(usual.contains("accessModes: [ReadWriteMany]") && usual.contains("backoffLimitPerIndex: 0"))
        let older = try await job("--kubernetes", "1.22", "--access-mode", "ReadWriteOnce").text
        #expect(older.contains("# It needs Kubernetes 1.22 or newer, and a volume that the pods of one node can write (ReadWriteOnce)"))
        #expect(!older.contains("backoffLimitPerIndex") && !older.contains("maxFailedIndexes") && older.contains("podAffinity:"))
        let folder = try await job("--host-path", "/srv/results").text
        #expect(folder.contains("hostPath:") && !folder.contains("PersistentVolumeClaim") && !folder.contains("affinity"))
    }

    @Test(arguments: [
        (["--kubernetes", "1.20"], "Kubernetes 1.20 has no Indexed Jobs"),
        (["--kubernetes", "new"], "--kubernetes needs a release, not 'new'"),
        (["--access-mode", "rwx"], "--access-mode cannot be 'rwx'; write ReadWriteMany or ReadWriteOnce"),
        (["--host-path", "results"], "--host-path needs an absolute path"),
        (["--host-path", "/srv/x", "--storage-class", "nfs"], "--host-path has no access mode and no storage class"),
    ])
    func whatTheClusterCannotDoIsRefused(_ more: [String], _ message: String) async throws {
        let project = try project()
        let ending = try await MatrixProcess.run(
            ["export", "kubernetes", "matrices/our web.yml", "--image", "registry.example/matrix:1"] + more, in: project)
        #expect(ending.status == 2 && ending.errors.contains(message), "\(ending.errors)")
    }

    @Test func moreShardsThanCellsAreRefused() async throws {
        let project = try project()
        let ending = try await MatrixProcess.run(["export", "github", "matrices/our web.yml", "--shards", "5"], in: project)
        #expect(ending.status == 2 && ending.errors.contains("5 shards are too many: 4 cells are selected"))
    }

    /// The shell lines of the Indexed Job, run as its pods would: together they select every cell once.
    @Test func theShardsOfAnExportedFileHaveEveryCellOnce() async throws {
        let (project, _) = try await export("gitlab", "--shards", "3")
        var cells: [String] = []
        for index in 1...3 {
            let plan = try await MatrixProcess.run(
                ["plan", "matrices/our web.yml", "--format", "json", "--shard", "\(index)/3"], in: project)
            guard case .list(let list)? = Value(json: plan.output)?["cells"] else { return #expect(Bool(false), "\(plan.errors)") }
            cells += list.compactMap { $0["name"]?.string }
        }
        #expect(cells.sorted() == ["debian12-podman-a", "debian12-podman-b", "debian13-podman-a", "debian13-podman-b"])
    }

    /// The recipes of the documentation.
    @Test(arguments: [
        ("github.yml", "vendor.github-workflows"), ("gitea.yml", "vendor.github-workflows"), ("gitlab-ci.yml", "vendor.gitlab-ci"),
    ])
    func theRecipesFitTheirEngines(_ file: String, _ schema: String) throws {
        try EngineSchemas.check(schema, Project.repository.appendingPathComponent("docs/ci/\(file)").path)
    }
}
