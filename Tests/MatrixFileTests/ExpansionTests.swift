import MatrixFile
import Testing

@testable import MatrixCore

@Suite("Expansion into cells")
struct ExpansionTests {
    private func names(_ more: String, axes: String = "{ os: [debian12, debian13], platform: podman, db: [2, 3] }") throws -> [String] {
        try Fixtures.load(Fixtures.matrix(more, axes: axes)).cells.map(\.name)
    }

    @Test("The first axis turns slowest, and values are text")
    func product() throws {
        #expect(try names("") == ["debian12-podman-2", "debian12-podman-3", "debian13-podman-2", "debian13-podman-3"])
        let cell = try #require(try Fixtures.load(Fixtures.matrix(axes: "{ db: [2], os: debian12, platform: podman }")).cells.first)
        #expect(cell.name == "2-debian12-podman")
        #expect(
            cell.point == [
                AxisValue(axis: "db", value: "2"), AxisValue(axis: "os", value: "debian12"), AxisValue(axis: "platform", value: "podman"),
            ])
    }

    @Test("Points are excluded by globs and lists")
    func exclude() throws {
        #expect(try names("exclude: [{ os: '*13', db: [2, 9] }]") == ["debian12-podman-2", "debian12-podman-3", "debian13-podman-3"])
        let plan = try Fixtures.load(Fixtures.matrix("exclude: [{ os: rocky9 }]"))
        #expect(plan.warnings.map(\.message) == ["this excludes no cell"])
    }

    @Test("An included cell is added, brought back, or overrides the one that is there")
    func include() throws {
        let more = """
            exclude: [{ os: debian13, db: 3 }]
            include:
              - { os: debian13, platform: podman, db: 3, vars: { x: back } }
              - { os: rocky9, platform: podman, db: 4, experimental: true }
              - { os: debian12, platform: podman, db: 2, experimental: true, vars: { x: merged } }
            cells: [{ where: { os: debian12 }, vars: { x: cells } }]
            vars: { x: base }
            """
        let plan = try Fixtures.load(Fixtures.matrix(more, axes: "{ os: [debian12, debian13], platform: podman, db: [2, 3] }"))
        #expect(
            plan.cells.map(\.name) == [
                "debian12-podman-2", "debian12-podman-3", "debian13-podman-2", "debian13-podman-3", "rocky9-podman-4",
            ])
        #expect(plan.cells.map { $0.vars["x"] } == ["merged", "cells", "base", "back", "base"])
        #expect(plan.cells.map(\.experimental) == [true, false, false, false, true])
        #expect(plan.axes.map(\.values) == [["debian12", "debian13"], ["podman"], ["2", "3"]])
    }

    @Test("Pairwise sampling covers every pair with fewer cells, the same ones each time")
    func pairwise() throws {
        let axes = "{ os: [debian12, debian13, rocky9], platform: podman, a: [1, 2, 3], b: [1, 2, 3], c: [1, 2, 3] }"
        let plan = try Fixtures.load(Fixtures.matrix("sample: pairwise", axes: axes))
        #expect(plan.cells.count < 20)
        #expect(try names("sample: pairwise", axes: axes) == plan.cells.map(\.name))
        for (first, second) in [(0, 2), (0, 3), (0, 4), (2, 3), (2, 4), (3, 4)] {
            let pairs = Set(plan.cells.map { [$0.point[first].value, $0.point[second].value] })
            #expect(pairs.count == 9)
        }
    }

    @Test("A sample honours exclude, takes a seed, and says what it covers, also of a product too large to list")
    func sampling() throws {
        let values = "[v1, v2, v3, v4]"
        let axes = "{ os: [debian12, debian13], platform: podman, " + (1...9).map { "a\($0): \(values)" }.joined(separator: ", ") + " }"
        let more = "exclude: [{ os: debian13, a1: [v3, v4] }]\nsample: { pairwise: { seed: 7 } }"
        let plan = try Fixtures.load(Fixtures.matrix(more, axes: axes))
        let sample = try #require(plan.sample)
        #expect(sample.cells == plan.cells.count)
        #expect(sample.product == 2 * 262_144)
        #expect(sample.impossible == 2)
        #expect(sample.seed == 7)
        #expect(!plan.cells.contains { $0.point[0].value == "debian13" && ["v3", "v4"].contains($0.point[2].value) })
        #expect(sample.description.contains("(pairwise, seed 7)"))
        #expect(try Fixtures.load(Fixtures.matrix("", axes: "{ os: debian12, platform: podman }")).sample == nil)
    }

    @Test("Hosts are named by cell, role and number; a lone one by its cell")
    func hosts() throws {
        let more = """
            hosts: { server: { groups: web, size: g6-nanode-1 }, client: { count: 2 } }
            cells:
              - { where: { os: debian13 }, hosts: { client: null, server: { groups: [db] } } }
            """
        let plan = try Fixtures.load(Fixtures.matrix(more))
        #expect(plan.cells[0].hosts.map(\.name) == ["debian12-podman-server-1", "debian12-podman-client-1", "debian12-podman-client-2"])
        #expect(plan.cells[0].hosts[0].groups == ["web"])
        #expect(plan.cells[0].hosts[0].size.type == "g6-nanode-1")
        #expect(
            plan.cells[1].hosts == [HostPlan(name: "debian13-podman", role: "server", groups: ["db"], size: HostSize(type: "g6-nanode-1"))])
        #expect(try Fixtures.load(Fixtures.matrix()).cells[0].hosts == [HostPlan(name: "debian12-podman")])
    }

    @Test("Overrides merge deeply and in order; lists replace, null removes")
    func merging() throws {
        let more = """
            verify: [{ service: ssh }]
            vars: { deep: { a: 1, b: [1, 2] }, gone: x }
            timeouts: { create: 1m, deploy: 2m }
            provision: { packages: [vim], user: me }
            cells:
              - { where: { os: "debian*" }, vars: { deep: { b: [3], c: 4 } }, timeouts: { create: 5m }, provision: { packages: [nano] } }
              - { where: { os: debian13 }, vars: { deep: { c: 5 }, gone: null }, verify: [{ port: 22 }] }
            """
        let plan = try Fixtures.load(Fixtures.matrix(more))
        #expect(plan.cells[0].vars == ["deep": ["a": 1, "b": [3], "c": 4], "gone": "x"])
        #expect(plan.cells[1].vars == ["deep": ["a": 1, "b": [3], "c": 5]])
        #expect(plan.cells[0].timeouts[.create] == .seconds(300))
        #expect(plan.cells[0].timeouts[.deploy] == .seconds(120))
        #expect(plan.cells[0].provision.packages == ["nano"])
        #expect(plan.cells[0].provision.user == "me")
        #expect(plan.cells.map { $0.verify.map(\.name) } == [["service ssh"], ["port 22"]])
    }

    @Test("Used files come first to last, then the file itself; null removes")
    func use() throws {
        let files = [
            "platforms/a.yml": "platforms: { lab: { driver: proxmox, endpoint: a, node: [n1, n2], memory: 1G } }\nvars: { x: a, y: a }",
            "platforms/b.yml": "platforms: { lab: { endpoint: b, node: [n3], clone: full } }\nos: { debian12: { container: 'example/b' } }",
        ]
        let text = Fixtures.matrix(
            "use: [platforms/a.yml, platforms/b.yml]\nplatforms: { lab: { memory: null } }\nvars: { x: own }",
            axes: "{ os: debian12, platform: lab }")
        let plan = try Fixtures.load(text, files: files)
        let options = try #require(plan.platforms["lab"]?.options)
        #expect(options.value == ["driver": "proxmox", "endpoint": "b", "node": ["n3"], "clone": "full"])
        #expect(options["node"]?.location.file.hasSuffix("platforms/b.yml") == true)
        #expect(plan.cells[0].vars == ["x": "own", "y": "a"])
        #expect(plan.cells[0].os.containerImage == "example/b")
    }

    @Test("A hundred times a hundred cells are expanded with what they share made once")
    func large() throws {
        let systems = (0..<100).map { "s\($0): { family: debian, release: { id: debian, version: '12' } }" }.joined(separator: ", ")
        let values = (0..<100).map { "s\($0)" }.joined(separator: ", ")
        let numbers = (0..<100).map { "\($0)" }.joined(separator: ", ")
        let checks = (0..<20).map { "  - service: unit-\($0)\n" }.joined()
        let text =
            "version: 1\nos: { \(systems) }\naxes: { os: [\(values)], platform: podman, n: [\(numbers)] }\nverify:\n\(checks)  - http: "
            + "http://localhost/${cell}\n"
        let plan = try Fixtures.load(text)
        #expect(plan.cells.count == 10_000)
        #expect(plan.cells[9_999].verify.last?.name == "http http://localhost/s99-podman-99")
    }

    @Test("The project is the nearest folder with .git or .matrix, else the file's own")
    func project() throws {
        let text = Fixtures.matrix()
        try Fixtures.inFolder([".matrix/keep": "", "a/b/m.yml": text]) { folder in
            let plan = try Fixtures.loader().load("\(folder)/a/b/m.yml")
            #expect(plan.project == folder)
        }
    }
}

@Suite("Shards of a matrix")
struct ShardTests {
    private static let axes = "{ os: [debian12, debian13], platform: podman, db: [2, 3, 4] }"

    private func shard(_ text: String, _ selection: Selection = Selection()) throws -> Plan {
        var selection = selection
        let choice: ShardChoice = try #require(ShardChoice(text))
        selection.shard = choice
        return try Fixtures.load(Fixtures.matrix(axes: Self.axes), selection: selection)
    }

    @Test("Together they have every cell once, and each knows all of them", arguments: [1, 2, 4, 6])
    func parts(count: Int) throws {
        let whole = try Fixtures.load(Fixtures.matrix(axes: Self.axes)).cells.map(\.name)
        let shards = try (1...count).map { try shard("\($0)/\(count)") }
        #expect(shards.flatMap { $0.cells.map(\.name) }.sorted() == whole.sorted())
        for (index, plan) in shards.enumerated() {
            #expect(plan.shard?.index == index + 1 && plan.shard?.count == count)
            #expect(plan.shard?.cells.map(\.name) == whole)
            #expect(plan.shard?.cells.filter { $0.shard == index + 1 }.map(\.name) == plan.cells.map(\.name))
            #expect(plan.notSelected.count == whole.count - plan.cells.count)
            #expect(plan.selection == ["--shard \(index + 1)/\(count)"])
        }
        #expect((shards.map(\.cells.count).max() ?? 0) - (shards.map(\.cells.count).min() ?? 0) <= 1)
    }

    @Test("A shard is one of the selected cells")
    func selected() throws {
        let plan = try shard("2/2", Selection(conditions: ["os=debian13"]))
        #expect(plan.cells.map(\.name) == ["debian13-podman-3"])
        #expect(plan.shard?.cells.map(\.name) == ["debian13-podman-2", "debian13-podman-3", "debian13-podman-4"])
    }

    @Test("More shards than cells are an error, not a green of nothing")
    func empty() {
        let error = #expect(throws: UsageError.self) { try shard("7/7") }
        #expect(error?.description == "error: shard 7/7 has no cell: 6 cells are selected; use at most 6 shards")
    }

    @Test("What is no part of a whole is refused", arguments: ["0/2", "3/2", "1", "1/0", "a/b", "1/2/3", "-1/2", ""])
    func nonsense(text: String) {
        #expect(ShardChoice(text) == nil)
    }
}
