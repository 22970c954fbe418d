import MatrixCore
import Testing

@testable import MatrixDeployers

/// Inventories, and the groups in them.
struct InventoryTests {
    static func cells(in box: Sandbox) -> [CellInventory] {
        let context = context(in: box)
        let members = context.hosts.map { CellInventory.Member(plan: $0.plan, endpoint: $0.endpoint) }
        return [CellInventory(context.cell, members: members, run: context.run)]
    }

    /// A server and a client, with variables for all, for a group and for the hosts of a role.
    static func context(in box: Sandbox, secrets: [String: String] = [:]) -> CellContext {
        box.context(
            roles: ["server", "client"], secrets: secrets,
            vars: ["telegraf_state": "present", "retention": 14, "not-a-name": "left out"],
            inventory: InventoryPlan(
                roles: ["client": box.document(["endpoint": "${host.name}", "key": "x-${secrets.token}"])],
                groups: ["grouped_client": box.document(["level": "warn"]), "all": box.document(["quiet": true])]))
    }

    @Test func groupsHoldEveryHostByRoleSystemAndPlatform() throws {
        let cells = Self.cells(in: try Sandbox())
        let groups = Dictionary(cells[0].groups.map { ($0.name, $0.hosts) }) { $1 }
        let all = ["debian12-podman-server-1", "debian12-podman-client-1"]
        for name in ["debian12", "debian", "podman", "debian12_podman", "test_platforms"] { #expect(groups[name] == all) }
        #expect(groups["server"] == [all[0]] && groups["grouped_client"] == [all[1]])
        #expect(InventoryNames.group("9-pi.farm") == "_9_pi_farm")
    }

    @Test("A step's inventory has the variables of groups and hosts in files beside it, with lookups for secrets")
    func files() throws {
        let box = try Sandbox()
        let context = Self.context(in: box, secrets: ["token": "s3cret-t0ken"])
        let step = box.step("ansible", ["playbook": "x.yml"])
        let variables = try InventoryVariables(of: context, secrets: SecretNames(of: context), at: step.location)
        #expect(variables.secrets == ["token"])
        _ = try AnsibleInventory.write(CellInventory(of: context, variables: variables), to: "\(box.path)/made")
        func text(_ name: String) -> String? { FileSystem.text(of: "\(box.path)/made/\(name)") }
        #expect(text("group_vars/grouped_client.yml") == "level: \"warn\"\n" && text("group_vars/all.yml") == "quiet: true\n")
        let lookup = #"key: "x-{{ lookup('ansible.builtin.env', 'SOLTI_SECRET_TOKEN') }}""#
        #expect(text("host_vars/debian12-podman-client-1.yml") == "endpoint: \"debian12-podman-client-1\"\n\(lookup)\n")
        #expect(FileSystem.names(in: "\(box.path)/made/host_vars") == ["debian12-podman-client-1.yml"])
        #expect(text("inventory.yml")?.contains("level") == false && text("inventory.yml")?.contains("retention: 14") == true)
        #expect(box.files(holding: "s3cret").isEmpty)
    }

    @Test("Printed inventories have them inside, without what refers to a secret")
    func inline() throws {
        let cells = Self.cells(in: try Sandbox())
        let read = try #require(Value(json: AnsibleInventory.json(cells)))
        #expect(read.element(at: "grouped_client.vars") == ["level": "warn"] && read.element(at: "grouped_server.vars") == nil)
        #expect(read.element(at: "_meta.hostvars.debian12-podman-client-1.endpoint") == "debian12-podman-client-1")
        #expect(read.element(at: "_meta.hostvars.debian12-podman-client-1.key") == nil)
        #expect(read.element(at: "all.vars") == ["telegraf_state": "present", "retention": 14, "quiet": true])
        #expect(AnsibleInventory.yaml(cells).contains("debian12-podman-client-1:\n      vars:\n        level: \"warn\"\n"))
        #expect(AnsibleInventory.ini(cells).contains("[grouped_client:vars]\nlevel=warn\n"))
    }

    @Test("Of several cells a group keeps the variables on which they agree")
    func severalCells() throws {
        let box = try Sandbox()
        var cells = Self.cells(in: box) + Self.cells(in: box)
        cells[1].variables.groups["grouped_client"] = ["level": "error"]
        cells[1].variables.groups["all"]?["more"] = 1
        let read = try #require(Value(json: AnsibleInventory.json(cells)))
        #expect(read.element(at: "grouped_client.vars") == nil && read.element(at: "all.vars.more") == nil)
        #expect(read.element(at: "all.vars.quiet") == true)
    }

    @Test("Beside an inventory of the user's, each spelling of a connection's variables is set")
    func shield() throws {
        var cell = Self.cells(in: try Sandbox())[0]
        let alone = cell.connection(of: cell.members[0])
        #expect(Set(alone.keys).subtracting(InventoryNames.reserved) == ["ansible_user", "ansible_python_interpreter"])
        cell.isBesideOthers = true
        cell.variables.hosts["debian12-podman-server-1"] = ["ansible_user": "lavender"]
        let beside = cell.connection(of: cell.members[0])
        #expect(beside["ansible_ssh_user"] == "lavender" && beside["ansible_ssh_host"] == "127.0.0.1" && beside["ansible_ssh_port"] == 1)
        #expect(beside["ansible_connection"] == "ssh" && beside["ansible_password"] == "" && beside["ansible_host_key_checking"] == true)
        #expect(cell.connection(of: cell.members[1])["ansible_ssh_user"] == "root")
        let groups = Set(cell.groups.map(\.name))
        #expect(groups.isSuperset(of: ["grouped_client", "grouped-client"]), "a group of theirs may have a dash in its name")
    }

    @Test("A command for a jump host is not quoted: ssh would look for a program of that whole name")
    func jumpHosts() {
        #expect(CellInventory.quotedOption("ProxyCommand=ssh -W %h:%p gate") == "ProxyCommand=ssh -W %h:%p gate")
        #expect(CellInventory.quotedOption("HostKeyAlias=a b") == "HostKeyAlias=\"a b\"")
    }

    @Test func theWriterNamesItsFile() throws {
        let box = try Sandbox()
        let context = box.context()
        let path = try AnsibleInventory().write(context.cell, hosts: context.hosts, run: context.run, to: "\(box.path)/made")
        #expect(
            path == "\(box.path)/made/inventory.yml"
                && FileSystem.text(of: path)?.hasPrefix("all:\n  hosts:\n    debian12-podman:\n") ?? false)
    }

    @Test("A key's path that Ansible or ssh would read otherwise goes to ssh as an option")
    func oddKeys() throws {
        var cell = Self.cells(in: try Sandbox())[0]
        func connection(_ key: String) -> [String: Value] {
            cell.members[0].endpoint.keyFile = key
            return cell.connection(of: cell.members[0])
        }
        #expect(connection("/my keys/o'brien")["ansible_ssh_private_key_file"] == "/my keys/o'brien")
        for key in ["/a%2Fb", "/{{x}}", "/a\"b", "/a\\b", "/${HOME}"] {
            #expect(connection(key)["ansible_ssh_private_key_file"] == "", "\(key)")
            #expect(connection(key)["ansible_ssh_common_args"]?.text.contains("IdentityFile=") == true, "\(key)")
        }
        #expect(connection("/a%2Fb")["ansible_ssh_common_args"]?.text.hasSuffix("-o IdentityFile=/a%%2Fb") == true)
        #expect(connection("/{{x}}")["ansible_ssh_common_args"]?.text.contains("/{{ '{{' }}x}}") == true)
    }

    @Test("The user's ssh_config counts for hosts of a pool only, and there not what would replace the command")
    func configurations() throws {
        var endpoint = Self.cells(in: try Sandbox())[0].members[0].endpoint
        #expect(CellInventory.sshArguments(endpoint).hasPrefix("-F none -o "))
        #expect(!CellInventory.sshArguments(endpoint).contains("RequestTTY"))
        endpoint.furtherOptions = ["ProxyJump=bastion"]
        #expect(!CellInventory.sshArguments(endpoint).contains("-F none"))
        #expect(CellInventory.sshArguments(endpoint).hasSuffix("-o ProxyJump=bastion -o RemoteCommand=none -o RequestTTY=no"))
    }

    @Test(
        "What Ansible renders is the text",
        arguments: [
            ("plain", "plain"), ("a{b}c", "a{b}c"), ("{{x}}", "{{ '{{' }}x}}"), ("{%a%}{#b#}", "{{ '{%' }}a%}{{ '{#' }}b#}"),
            ("{{{x", "{{ '{{' }}{x"),
        ])
    func templates(text: String, written: String) {
        #expect(AnsibleTemplate.literal(text) == written)
    }
}
