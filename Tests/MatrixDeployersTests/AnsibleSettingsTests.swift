import MatrixCore
import Testing

@testable import MatrixDeployers

/// What Ansible is told for a step, by its environment.
struct AnsibleSettingsTests {
    /// The settings of a step of a project.
    private func settings(_ subject: [String: Value] = [:], configuration: String? = nil, in box: Sandbox) throws -> AnsibleSettings {
        if let configuration { try box.write(configuration, to: "ansible.cfg") }
        let step = box.step("ansible", .map(subject.merging(["playbook": "play.yml"]) { $1 }))
        return try AnsibleSettings(AnsibleOptions(step, scope: Scope([:])), scratch: "\(box.path)/scratch")
    }

    @Test(
        "Pipelining is on unless the project or the step says otherwise",
        arguments: [
            (nil, true), ("[defaults]\nroles_path = x\n", true), ("[ssh_connection]\npipelining = False\n", false),
            ("[ssh_connection]\npipelining=True\n", false), ("[connection]\npipelining: 1\n", false),
            ("[ssh_connection]\n# pipelining = 0\n", true),
            ("[other]\npipelining = False\n", true),
        ] as [(String?, Bool)])
    func pipelining(configuration: String?, isSet: Bool) throws {
        let settings = try settings(configuration: configuration, in: Sandbox())
        #expect(settings.defaults([:], hosts: 1) == (isSet ? ["ANSIBLE_PIPELINING": "1"] : [:]))
        #expect(settings.defaults(["ANSIBLE_SSH_PIPELINING": "0"], hosts: 1).isEmpty)
    }

    @Test("Ansible takes all hosts of a step at once, unless somebody says how many")
    func forks() throws {
        func forks(_ hosts: Int, _ settings: AnsibleSettings, own: [String: String] = [:]) -> String? {
            settings.defaults(own, hosts: hosts)["ANSIBLE_FORKS"]
        }
        let settings = try settings(in: Sandbox())
        #expect(forks(5, settings) == nil && forks(12, settings) == "12" && forks(200, settings) == "50")
        #expect(forks(12, settings, own: ["ANSIBLE_FORKS": "2"]) == nil)
        #expect(try forks(12, self.settings(["forks": 3], in: Sandbox())) == nil)
        #expect(try forks(12, self.settings(configuration: "[defaults]\nforks = 3\n", in: Sandbox())) == nil)
    }

    @Test("A path with a colon is a link in a list of paths")
    func colons() throws {
        let box = try Sandbox(folder: "a:b")
        try box.write("x", to: "mine/part/tasks/main.yml")
        let settings = try settings(["roles_path": "mine"], configuration: "[defaults]\nroles_path = theirs\n", in: box)
        #expect(settings.links.paths == ["\(box.path)/mine", "\(box.path)/theirs"] && settings.hasTree)
        #expect(settings.rolesPath(tree: "$tree") == "$tree/links/0:$tree/links/1")
        #expect(settings.collectionsPath(tree: "$tree") == nil)
        #expect(FileSystem.exists("\(box.path)/scratch/collections/links/0/part/tasks/main.yml"))
    }

    @Test("What Ansible takes for a template goes through a link, and is shown as it is")
    func templates() {
        let links = AnsibleLinks(lists: ["/a/{{x}}/roles", "/plain"], files: ["/w/{% y/{{x}}/p/site.yml", "/w/site.yml", ""])
        #expect(links.paths == ["/a/{{x}}/roles", "/w/{% y/{{x}}"])
        #expect(links.path("/w/{% y/{{x}}/p/site.yml", tree: "/t") == "/t/links/1/p/site.yml")
        #expect(links.path("/w/{% y/{{x}}y/site.yml", tree: "/t") == "/w/{% y/{{x}}y/site.yml")
        #expect(links.original("at /t/links/1/p/site.yml:3, /t/links/0", tree: "/t") == "at /w/{% y/{{x}}/p/site.yml:3, /a/{{x}}/roles")
        #expect(AnsibleArgument.file("/w/{% y/{{x}}/p q.yml").scriptWord(links) == #""$tree"/links/1'/p q.yml'"#)
        #expect(AnsibleArgument.file("/w/site.yml").scriptWord(links) == "/w/site.yml")
    }

    @Test("Facts are shared by a cache of the cell, unless the project has one")
    func facts() throws {
        let box = try Sandbox()
        let facts = SharedFacts(in: "\(box.path)/scratch")
        #expect(facts.environment(nil, own: [:])["ANSIBLE_CACHE_PLUGIN_CONNECTION"] == "\(box.path)/scratch/facts")
        try box.write("[defaults]\ngathering = explicit\nfact_caching = memory\n", to: "ansible.cfg")
        #expect(facts.environment(UserConfiguration(in: box.path), own: [:]).isEmpty)
        #expect(facts.environment(nil, own: ["ANSIBLE_CACHE_PLUGIN": "redis"]) == ["ANSIBLE_GATHERING": "smart"])
    }

    @Test("Variables that a path names are those that Ansible would replace in it")
    func variables() {
        let names = AnsiblePath.variables(in: ["/a/$HOME/b", "/${X}/$Y-z/$$", "/$PATH"], of: ["HOME": "/root", "X": "", "PATH": "/bin"])
        #expect(names == ["HOME", "X"])
        #expect(AnsiblePath.isPlain("/my folder/ünï-#1(2)&;~@x") && !AnsiblePath.isPlain("/a:b") && !AnsiblePath.isPlain("/50%"))
    }

    @Test("A host whose sudo needs a terminal gets no pipelining")
    func terminals() throws {
        var cell = InventoryTests.cells(in: try Sandbox())[0]
        cell.needingTerminal = [cell.members[0].plan.name]
        #expect(cell.connection(of: cell.members[0])["ansible_pipelining"] == false)
        #expect(cell.connection(of: cell.members[1])["ansible_pipelining"] == nil)
    }
}
