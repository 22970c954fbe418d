import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

@Suite struct StaticSettingsTests {
    private func document(_ value: Value) -> Document {
        Document(value: value, at: SourceLocation(file: "/settings/farm.yml", line: 1, column: 1))
    }

    @Test func hostsTakeWhatThePoolSays() throws {
        let settings = try StaticSettingsReader.read(
            document([
                "user": "pi", "os": "debian12", "port": 2222, "wait": "0s",
                "hosts": [
                    ["name": "rpi-1", "address": "192.168.1.50", "roles": ["control"]],
                    ["name": "rpi-2.lan", "port": 22, "os": "debian13", "user": "root"],
                ],
                "reset": ["true", ["name": "k3s", "run": "k3s-uninstall.sh"]],
            ]))
        guard case .hosts(let machines) = settings.source else { return #expect(Bool(false), "no hosts") }
        #expect(machines.map(\.id) == ["192.168.1.50:2222", "rpi-2.lan:22"])
        #expect(machines.map(\.user) == ["pi", "root"] && machines.map(\.os) == ["debian12", "debian13"])
        #expect(machines[0].key == nil && machines[0].roles == ["control"])
        #expect(settings.wait == .zero && settings.reset.map(\.name) == ["reset 1", "k3s"])
    }

    @Test func everyProblemIsNamedAtOnce() {
        let problems = StaticSettingsReader.examine(
            document([
                "group": "pis", "key": "/nowhere/key", "connect_timeout": "0s",
                "hosts": [
                    ["name": "rpi-1", "address": "10.0.0.1", "os": "debian12"], ["name": "rpi-1", "address": "10.0.0.2", "os": "debian12"],
                    ["name": "rpi-3", "address": "10.0.0.1", "os": "debian12"], ["name": "rpi-4"],
                    ["name": "rpi-5", "os": "debian12", "host_key": "nonsense"],
                ],
                "reset": [["name": "both", "run": "true", "file": "/nowhere/script"]],
            ])
        ).map(\.message)
        let expected = [
            "the key /nowhere/key cannot be read", "group needs an inventory", "the host rpi-4 names no system",
            "'nonsense' is not a public host key",
            "the name rpi-1 is given twice, first at /settings/farm.yml:1:1", "rpi-3 has the same address as rpi-1: 10.0.0.1:22",
            "connect_timeout must be above 0s", "the step both needs either run or file",
        ]
        #expect(problems == expected)
    }

    @Test func aPoolNeedsHosts() {
        #expect(StaticSettingsReader.examine(document([:])).map(\.message) == ["the pool has no hosts"])
    }

    // MARK: - Ansible

    private static let listing = """
        {"_meta": {"hostvars": {
          "rpi-1": {"ansible_host": "192.168.1.50", "ansible_user": "pi", "solti_arch": "arm64"},
          "rpi-2": {"ansible_port": 2222, "solti_roles": "worker, spare", "solti_os": "debian13"},
          "nas": {}}},
         "all": {"children": ["ungrouped", "pis"]}, "ungrouped": {"hosts": ["nas"]},
         "pis": {"children": ["k3s_control", "k3s_worker"]}, "k3s_control": {"hosts": ["rpi-1"]}, "k3s_worker": {"hosts": ["rpi-2"]}}
        """

    private func machines(
        group: String?, os: String?, listing: String = Self.listing, shown: String? = nil
    ) async throws -> [PoolMachine] {
        let runner = ScriptedTransport()
        runner.answer("ansible-inventory -i /farm/hosts.yml --list", output: listing)
        if let shown { runner.answer("ansible-playbook -i /farm/hosts.yml", output: shown, exitStatus: shown.contains("FAILED") ? 2 : 0) }
        return try await AnsibleHosts(runner: runner, defaults: .init(user: "me", os: os)).machines(in: "/farm/hosts.yml", group: group)
    }

    @Test func anInventorysGroupIsThePool() async throws {
        let machines = try await machines(group: "pis", os: "debian12")
        #expect(machines.map(\.id) == ["192.168.1.50:22", "rpi-2:2222"])
        #expect(machines.map(\.user) == ["pi", "me"] && machines.map(\.os) == ["debian12", "debian13"])
        #expect(machines.map(\.roles) == [["k3s_control"], ["worker", "spare"]])
        #expect(machines[0].arch == "arm64")
    }

    /// An inventory of these hosts, each with its variables as JSON.
    private static func listing(_ hosts: [String: String]) -> String {
        let names = hosts.keys.sorted()
        let variables = names.map { "\"\($0)\": \(hosts[$0] ?? "{}")" }.joined(separator: ", ")
        let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
        return #"{"_meta": {"hostvars": {\#(variables)}}, "all": {"children": ["ungrouped"]}, "ungrouped": {"hosts": [\#(list)]}}"#
    }

    @Test("Ansible fills in variables that hold templates, once for all hosts that have the same ones")
    func templates() async throws {
        let listing = Self.listing([
            "monitor11": #"{"ansible_host": "monitor11.{{ domain }}", "ansible_port": "{{ 2200 + 2 }}", "domain": "{{ other }}"}"#,
            "plain": #"{"ansible_host": "10.0.0.9"}"#, "secret": #"{"ansible_user": {"__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256 61"}}"#,
        ])
        let shown = """
            [WARNING]: something
            monitor11 | SUCCESS => {
                "msg": {
                    "ansible_host": "monitor11.localhost",
                    "ansible_port": "2202"
                }
            }
            secret | SUCCESS => {
                "msg": {
                    "ansible_user": "hidden"
                }
            }
            """
        let machines = try await machines(group: nil, os: "debian12", listing: listing, shown: shown)
        #expect(machines.map(\.id) == ["monitor11.localhost:2202", "10.0.0.9:22", "secret:22"])
        #expect(machines.map(\.user) == ["me", "me", "hidden"])
    }

    @Test("no part of an inventory is left out because Ansible cannot read it")
    func wholeInventories() async throws {
        let runner = ScriptedTransport()
        runner.answer("ansible-inventory", output: Self.listing(["far": #"{"ansible_host": "{{ other }}"}"#]))
        runner.answer("ansible-playbook", output: "far | SUCCESS => {\n    \"msg\": {\"ansible_host\": \"10.0.0.9\"}\n}\n")
        let hosts = AnsibleHosts(runner: runner, defaults: .init(os: "debian12"))
        #expect(try await hosts.machines(in: "/farm", group: nil).map(\.address) == ["10.0.0.9"])
        #expect(runner.commands.count == 2)
        #expect(runner.commands.allSatisfy { $0.environment["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"] == "1" })
    }

    @Test("a variable that Ansible cannot fill in is named, with its host and the reason")
    func undefinedTemplates() async throws {
        let listing = Self.listing(["magic": #"{"ansible_host": "magic.{{ domain }}"}"#])
        let shown = """
            magic | FAILED! => {
                "msg": "The task includes an option with an undefined variable. The error was: 'domain' is undefined\\n\\nThe error appears"
            }
            """
        let error = await #expect(throws: UsageError.self) {
            _ = try await machines(group: nil, os: "debian12", listing: listing, shown: shown)
        }
        #expect(
            error?.diagnostics.map(\.description) == [
                "error: the host magic of /farm/hosts.yml: Ansible cannot fill in ansible_host: 'domain' is undefined; "
                    + "see: ansible -i /farm/hosts.yml magic -m debug -a var=ansible_host"
            ])
        let silent = await #expect(throws: InfrastructureError.self) {
            _ = try await machines(group: nil, os: "debian12", listing: listing, shown: "nothing of use")
        }
        #expect(silent?.why.hasPrefix("Ansible does not show ansible_host") == true)
    }

    @Test("old spellings count as in Ansible: the last of a list wins")
    func oldSpellings() async throws {
        let listing = Self.listing([
            "pi-2": #"{"ansible_ssh_host": "192.168.1.51", "ansible_ssh_port": 2222, "ansible_ssh_user": "pi", "ansible_user": "other"}"#
        ])
        let machine = try #require(try await machines(group: nil, os: "debian12", listing: listing).first)
        #expect(machine.id == "192.168.1.51:2222" && machine.user == "pi")
    }

    @Test("arguments for ssh become its settings")
    func arguments() async throws {
        let listing = Self.listing([
            "far": #"""
            {"ansible_ssh_common_args": "-o ProxyCommand='ssh -W %h:%p -q bastion' -o StrictHostKeyChecking=no",
             "ansible_ssh_extra_args": "-J gate"}
            """#
        ])
        let machine = try #require(try await machines(group: nil, os: "debian12", listing: listing).first)
        #expect(machine.options == ["ProxyCommand=ssh -W %h:%p -q bastion", "ProxyJump=gate"])
    }

    @Test("port and user in arguments for ssh count where Ansible puts them")
    func placesOfArguments() async throws {
        let listing = Self.listing([
            "a": #"{"ansible_ssh_common_args": "-o Port=2222 -o User=pi"}"#,
            "b": #"{"ansible_ssh_common_args": "-o Port=2222 -l pi", "ansible_port": 22, "ansible_user": "root"}"#,
            "c": #"{"ansible_ssh_args": "-o Port=2222 -l pi", "ansible_port": 22, "ansible_user": "root"}"#,
        ])
        let machines = try await machines(group: nil, os: "debian12", listing: listing)
        #expect(machines.map(\.id) == ["a:2222", "b:22", "c:2222"] && machines.map(\.user) == ["pi", "root", "pi"])
        #expect(machines.allSatisfy { $0.open.isEmpty })
    }

    @Test("arguments for ssh that cannot be followed are errors, those of host keys lead to known_hosts:")
    func impossibleArguments() async throws {
        let listing = Self.listing(["a": #"{"ansible_ssh_common_args": "-o UserKnownHostsFile=/keys -o RemoteCommand=tmux"}"#])
        let error = await #expect(throws: UsageError.self) { _ = try await machines(group: nil, os: "debian12", listing: listing) }
        #expect(
            error?.diagnostics.map(\.message) == [
                "the host a of /farm/hosts.yml has 'RemoteCommand=tmux' in its arguments for ssh, which matrix cannot follow",
                "the host a of /farm/hosts.yml has 'UserKnownHostsFile=/keys' in its arguments for ssh",
            ])
        #expect(error?.diagnostics.last?.hint?.contains("known_hosts: of the pool") == true)
    }

    // MARK: - The user's ssh_config

    private func reached(_ pool: Value, _ answer: String) async throws -> (machines: [PoolMachine], commands: [Command]) {
        let runner = ScriptedTransport()
        runner.answer("ssh -G", output: answer)
        let source = PoolSource(try StaticSettingsReader.read(document(pool)), runner: runner)
        _ = try await source.machines()
        return (try await source.machines(), runner.commands)
    }

    @Test("what the settings leave out is what ssh does with the name, asked once")
    func sshDecides() async throws {
        let pool: Value = ["os": "debian12", "hosts": [["name": "worker1"]]]
        let answer = "host worker1\nuser root\nhostname 127.0.0.1\nport 42413\nproxyjump gate\nhostkeyalias w1\n"
        let (machines, commands) = try await reached(pool, answer)
        #expect(commands.map(\.arguments) == [["ssh", "-G", "--", "worker1"]])
        let machine = try #require(machines.first)
        #expect(machine.id == "worker1:42413" && machine.user == "root" && machine.address == "worker1")
        #expect(machine.hostName == "127.0.0.1" && machine.hostKeyAlias == "w1" && machine.options.isEmpty)
        #expect(machine.found == ["HostName=127.0.0.1", "ProxyJump=gate"])
    }

    @Test("what the settings say stays")
    func settingsDecide() async throws {
        let pool: Value = ["os": "debian12", "port": 22, "hosts": [["name": "worker1", "user": "pi"]]]
        let (machines, commands) = try await reached(pool, "user root\nhostname worker1\nport 42413\n")
        #expect(commands.map(\.arguments) == [["ssh", "-G", "-p", "22", "-l", "pi", "--", "worker1"]])
        #expect(machines.map(\.id) == ["worker1:22"] && machines.map(\.user) == ["pi"] && machines.allSatisfy(\.found.isEmpty))
        let known: Value = ["os": "debian12", "port": 22, "user": "pi", "hosts": [["name": "pi-1", "address": "10.0.0.1"]]]
        #expect(try await reached(known, "").commands.isEmpty)
    }

    @Test("what no SSH connection can be made from is named before any host is asked")
    func unusableVariables() async throws {
        let listing = Self.listing([
            "a": #"{"ansible_connection": "local"}"#, "b": #"{"ansible_host": "two words"}"#, "c": #"{"ansible_port": "ssh"}"#,
            "d": #"{"ansible_ssh_common_args": "-F my.cfg"}"#, "e": #"{"ansible_connection": "ansible.builtin.ssh"}"#,
        ])
        let error = await #expect(throws: UsageError.self) { _ = try await machines(group: nil, os: "debian12", listing: listing) }
        #expect(
            error?.diagnostics.map(\.message) == [
                "the host a of /farm/hosts.yml is reached by local, not by SSH",
                "the host b of /farm/hosts.yml has the address 'two words', which is none",
                "the host c of /farm/hosts.yml has the port 'ssh', which is none",
                "the host d of /farm/hosts.yml has '-F' in its arguments for ssh",
                "the host d of /farm/hosts.yml has 'my.cfg' in its arguments for ssh",
            ])
    }

    @Test func whatAnInventoryLacksIsNamed() async throws {
        await #expect(throws: UsageError.self) { _ = try await machines(group: "rpis", os: "debian12") }
        let error = await #expect(throws: UsageError.self) { _ = try await machines(group: nil, os: nil) }
        #expect(
            error?.diagnostics.map(\.message) == [
                "the host nas of /farm/hosts.yml names no system", "the host rpi-1 of /farm/hosts.yml names no system",
            ])
    }

    @Test(
        arguments: [
            (["name": "my pi"], "'my pi' cannot be a host's name"),
            (["name": "pi", "address": "-oProxyCommand=x"], "'-oProxyCommand=x' is no address"),
            (["name": "pi", "user": "a b"], "'a b' cannot be an account's name"),
        ] as [(Value, String)])
    func whatSSHWouldTakeForSomethingElseIsRefused(_ host: Value, _ message: String) {
        let error = #expect(throws: UsageError.self) {
            try StaticSettingsReader.read(document(["os": "debian12", "user": "pi", "hosts": .list([host])]))
        }
        #expect(error?.diagnostics.map(\.message) == [message])
    }
}
