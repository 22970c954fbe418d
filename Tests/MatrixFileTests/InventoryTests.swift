import MatrixCore
import MatrixFile
import Testing

/// `inventory:`, `groups:` and `hosts.<role>.vars`.
@Suite("Variables for Ansible's inventory")
struct InventoryTests {
    private func plan(_ more: String, files: [String: String] = [:], environment: [String: String] = [:]) throws -> [CellPlan] {
        try Fixtures.load(Fixtures.matrix(more), files: files, environment: environment).cells
    }

    private func values(_ document: Document?) -> Value? { document?.value }

    @Test("Roles and groups have theirs, and what a cell knows is put in")
    func variables() throws {
        let cells = try plan(
            """
            secrets: { token: { env: T } }
            vars: { domain: lab.example }
            hosts:
              server: { groups: [loki_svc], vars: { endpoint: 'http://${host.address}:3100', level: 3, outputs: [] } }
              client: { vars: { token: '${secrets.token}' } }
            groups:
              loki_svc: { vars: { domain: '${vars.domain}', os: '${os}', ansible: '{{ groups.server }}' } }
              all: { vars: { quiet: true } }
              test_platforms: {}
            """)
        let inventory = cells[0].inventory
        #expect(values(inventory.roles["server"]) == ["endpoint": "http://${host.address}:3100", "level": 3, "outputs": []])
        #expect(values(inventory.roles["client"]) == ["token": "${secrets.token}"])
        #expect(values(inventory.groups["loki_svc"]) == ["domain": "lab.example", "os": "debian12", "ansible": "{{ groups.server }}"])
        #expect(values(inventory.groups["all"]) == ["quiet": true] && inventory.groups["test_platforms"] == nil)
        #expect(values(cells[1].inventory.groups["loki_svc"])?["os"] == "debian13")
        #expect(cells[0].hosts.map(\.role) == ["server", "client"])
    }

    @Test("A matrix without them adds nothing")
    func nothing() throws {
        #expect(try plan("hosts: { server: { groups: [a] } }").allSatisfy { $0.inventory == InventoryPlan() })
    }

    @Test("Cells override them: maps merge, null removes")
    func overrides() throws {
        let cells = try plan(
            """
            hosts: { server: { vars: { a: 1, b: 2 } } }
            groups: { server: { vars: { c: 3 } }, debian: { vars: { d: 4 } } }
            inventory: [one.yml]
            cells:
              - where: { os: debian13 }
                hosts: { server: { vars: { b: null, e: 5 } } }
                groups: { server: { vars: { c: 6 } }, debian: null }
                inventory: null
            """, files: ["one.yml": "all:"])
        #expect(values(cells[0].inventory.roles["server"]) == ["a": 1, "b": 2])
        #expect(values(cells[1].inventory.roles["server"]) == ["a": 1, "e": 5])
        #expect(values(cells[1].inventory.groups["server"]) == ["c": 6] && cells[1].inventory.groups["debian"] == nil)
        #expect(cells[0].inventory.sources.map { $0.hasSuffix("/one.yml") } == [true] && cells[1].inventory.sources == [])
    }

    @Test("Groups may be named as an inventory writes them or as the matrix does")
    func groupNames() throws {
        let groups = "{ loki-svc: { vars: { a: 1 } }, debian12-podman: { vars: { b: 2 } } }"
        let more = "hosts: { server: { groups: [loki-svc] } }\ngroups: \(groups)"
        #expect(try plan(more)[0].inventory.groups.keys.sorted() == ["debian12_podman", "loki_svc"])
    }

    @Test("Inventories are files, folders and paths by name, relative to the file that names them")
    func sources() throws {
        let cells = try plan(
            "paths: { lab: '${env.LAB:-lab}' }\ninventory: ['${path.lab}/hosts.yml', more, '${env.NONE:-}']",
            files: ["lab/hosts.yml": "all:", "more/a.yml": "all:"])
        #expect(cells[0].inventory.sources.map { $0.split(separator: "/").suffix(2).joined(separator: "/") }.first == "lab/hosts.yml")
        #expect(cells[0].inventory.sources.count == 2 && cells[0].inventory.sources[1].hasSuffix("/more"))
    }

    @Test("Every mistake is named with its position")
    func mistakes() {
        func problem(_ more: String) -> String { Fixtures.problems(of: Fixtures.matrix(more)) }
        #expect(
            problem("hosts: { server: { groups: [loki_svc] } }\ngroups: { loki_svcs: { vars: { a: 1 } } }")
                == "matrix.yml:5:11: error: no cell has a group `loki_svcs`; did you mean `loki_svc`?")
        #expect(
            problem("hosts: { server: { vars: { ansible_host: 10.0.0.1 } } }")
                == "matrix.yml:4:28: error: `ansible_host` says which host of which cell this is, and matrix sets it; remove it")
        #expect(
            problem("groups: { all: { vars: { a-b: 1 } } }")
                == "matrix.yml:4:26: error: `a-b` cannot be the name of an Ansible variable; "
                + "use letters, digits and _, with no digit in front")
        #expect(
            problem("groups: { all: { vars: { a: '${host.name}' } } }")
                == "matrix.yml:4:30: error: `${host.name}` differs between the hosts of a group; "
                + "set it in `vars:` of a role under `hosts:`, or use Ansible's {{ }}")
        #expect(
            problem("secrets: { t: { env: T } }\ngroups: { all: { vars: { a: '{{ \"${secrets.t}\" | upper }}' } } }")
                .contains("${secrets.t} cannot be used inside {{ }}"))
        #expect(problem("inventory: gone.yml").hasPrefix("matrix.yml:4:12: error: there is no inventory gone.yml; relative paths"))
        #expect(problem("inventory: '${host.name}.yml'").contains("`${host.name}` is known only while a step runs"))
        #expect(problem("groups: { all: { var: {} } }").contains("`var` is not a key of a group; did you mean `vars`?"))
        #expect(problem("hosts: { server: { vars: [a] } }").contains("`vars` must be a map"))
    }

    @Test("Beside an inventory of the user's, groups that only it knows are possible")
    func foreignGroups() throws {
        let more = "inventory: lab.yml\ngroups: { mylab: { vars: { a: 1 } } }"
        #expect(try plan(more, files: ["lab.yml": "all:"])[0].inventory.groups.keys.sorted() == ["mylab"])
    }
}
