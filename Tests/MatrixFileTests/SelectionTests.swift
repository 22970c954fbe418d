import MatrixCore
import MatrixFile
import Testing

@Suite("Selection")
struct SelectionTests {
    private let text = Fixtures.matrix(
        """
        deploy:
          - { shell: one, tags: [web] }
          - { shell: two }
          - { shell: three, tags: always }
        verify:
          - { service: nginx, tags: web }
          - { service: ssh }
        finally: [{ collect: /var/log }, { collect: /etc, tags: [db] }]
        """, axes: "{ os: [debian12, debian13, rocky9], platform: [podman], db: [2, 3] }")

    private func cells(_ selection: Selection, environment: [String: String] = [:]) throws -> [String] {
        try Fixtures.load(text, selection: selection, environment: environment).cells.map(\.name)
    }

    @Test("Globs are alternatives, conditions of one axis too, those of several must all hold")
    func cells() throws {
        #expect(try cells(Selection(cells: ["rocky*", "*13-podman-2"])) == ["debian13-podman-2", "rocky9-podman-2", "rocky9-podman-3"])
        #expect(
            try cells(Selection(conditions: ["os=debian13", "os=rocky*", "db=2"])) == ["debian13-podman-2", "rocky9-podman-2"])
        let plan = try Fixtures.load(text, selection: Selection(cells: ["debian12-*"], conditions: ["db=3"], tags: ["web"]))
        #expect(plan.notSelected.count == 5)
        #expect(plan.selection == ["--cell debian12-*", "--where db=3", "--tags web"])
    }

    @Test("PROXMOX_DISTRO selects by os and is announced; --where wins")
    func environment() throws {
        let plan = try Fixtures.load(text, environment: ["PROXMOX_DISTRO": "rocky9"])
        #expect(plan.cells.map(\.name) == ["rocky9-podman-2", "rocky9-podman-3"])
        #expect(plan.selection == ["PROXMOX_DISTRO=rocky9"])
        #expect(plan.warnings.map(\.message) == ["PROXMOX_DISTRO=rocky9 in the environment: only cells with os=rocky9 are run"])
        #expect(
            try cells(Selection(conditions: ["os=debian12", "db=2"]), environment: ["PROXMOX_DISTRO": "rocky9"]) == ["debian12-podman-2"])
    }

    @Test("What selects nothing is an error that names what there is")
    func nothing() {
        func problems(_ selection: Selection, _ environment: [String: String] = [:]) -> String {
            Fixtures.problems(of: text, selection: selection, environment: environment)
        }
        #expect(
            problems(Selection(cells: ["debian12-podmn-2"]))
                == "error: `--cell debian12-podmn-2` selects no cell; did you mean `debian12-podman-2`?")
        #expect(
            problems(Selection(cells: ["x"])) == """
                error: `--cell x` selects no cell; the cells are: debian12-podman-2, debian12-podman-3, debian13-podman-2, \
                debian13-podman-3, rocky9-podman-2, rocky9-podman-3
                """)
        #expect(
            problems(Selection(conditions: ["so=debian12"])) == "error: there is no axis `so` for --where so=debian12; did you mean `os`?")
        #expect(
            problems(Selection(conditions: ["debian12"]))
                == "error: `--where debian12` is not a condition; write --where AXIS=VALUE, such as --where os=debian12")
        #expect(
            problems(Selection(), ["PROXMOX_DISTRO": "rocky8"]).contains("`PROXMOX_DISTRO=rocky8` selects no cell; did you mean `rocky9`?"))
        #expect(problems(Selection(cells: ["rocky*"], conditions: ["os=debian12"])).contains("together select no cell; the cells are: "))
        #expect(problems(Selection(tags: ["wbe"])) == "error: no step and no check has the tag `wbe` of --tags; did you mean `web`?")
    }

    @Test("Tags leave out steps visibly; always and untagged finally steps run")
    func tags() throws {
        let cell = try #require(try Fixtures.load(text, selection: Selection(tags: ["web"])).cells.first)
        #expect(cell.deploy.map(\.skipped) == [nil, "not selected by --tags web", nil])
        #expect(cell.verify.map(\.skipped) == [nil, "not selected by --tags web"])
        #expect(cell.finally.map(\.skipped) == [nil, "not selected by --tags web"])
    }

    @Test("Settings win over the file and its cells")
    func settings() throws {
        let more = "vars: { x: 1 }\ncells: [{ where: { os: '*' }, vars: { x: 2 }, timeouts: { create: 1m } }]"
        let selection = Selection(settings: ["vars.x=3", "vars.list=[a, b]", "keep=always", "timeouts.create=5m", "limits.parallel=2"])
        let plan = try Fixtures.load(Fixtures.matrix(more), selection: selection)
        #expect(plan.cells[0].vars == ["x": 3, "list": ["a", "b"]])
        #expect(plan.keep == .always)
        #expect(plan.cells[0].timeouts[.create] == .seconds(300))
        #expect(plan.limits.parallel == 2)
        #expect(
            Fixtures.problems(of: Fixtures.matrix(), selection: Selection(settings: ["kepe=always", "vars.x", "keep=allways"])) == """
                error: `--set vars.x` sets nothing; write --set PATH=VALUE, such as --set vars.domain=lab.example
                --set kepe:1:1: error: `kepe` is not a key of the matrix file; did you mean `keep`?
                --set keep:1:1: error: `keep` must be one of never, failed, always, not `allways`; did you mean `always`?
                """)
    }

    @Test("A cell without any check is a warning")
    func falseGreen() throws {
        let plan = try Fixtures.load(Fixtures.matrix("verify: []"))
        #expect(
            plan.warnings.map(\.message) == [
                "nothing is verified in debian12-podman and 1 other cell: these cells only show that the deploy ends without an error"
            ])
    }

    @Test("A variable of --set that nothing knows is warned of")
    func unknownVariable() throws {
        let text = Fixtures.matrix("vars: { domain: a.example }\ndeploy: [{ shell: \"echo ${vars.domain} ${vars.size:-1}\" }]")
        func warnings(_ setting: String) throws -> [String] {
            try Fixtures.load(text, selection: Selection(settings: [setting])).warnings.map(\.description)
        }
        #expect(
            try warnings("vars.domian=b.example") == [
                "warning: --set vars.domian: no file sets or uses this variable; did you mean `domain`?"
            ])
        #expect(
            try warnings("vars.nope=1").first?.hasSuffix("only a playbook can know it; write it under `vars:` if it belongs to the matrix")
                == true)
        for known in ["vars.domain=b.example", "vars.size=2", "keep=always"] { #expect(try warnings(known) == [], "\(known)") }
    }

    @Test("A tag of a file without tags gets advice, not a list")
    func noTags() {
        #expect(
            Fixtures.problems(of: Fixtures.matrix(), selection: Selection(tags: ["nosuch"]))
                == "error: no step and no check has the tag `nosuch` of --tags; the file has no tags: leave out --tags, or add `tags:` to "
                + "steps and checks")
    }
}
