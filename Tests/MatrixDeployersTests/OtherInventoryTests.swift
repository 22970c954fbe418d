import MatrixCore
import Testing

@testable import MatrixDeployers

/// How `ansible-playbook` is started beside inventories of the user's.
@Suite("Inventories of the user's") struct OtherInventoryTests {
    /// The command lines of a step's programs, without the sandbox's folder.
    ///
    /// - Parameter listing: what `ansible-inventory --list` prints.
    private func started(
        _ subject: [String: Value], listing: String = "{}", hosts: String? = nil, inventory: InventoryPlan = InventoryPlan()
    ) async throws -> (lines: [String], error: InfrastructureError?) {
        let recorder = LineRecorder()
        let box = try Sandbox(
            runner: ScriptedRunner { command in
                recorder.add(command.arguments.joined(separator: " "))
                let isListing = command.arguments[0] == "ansible-inventory"
                let output = isListing ? listing : "ansible-playbook [core 2.17.1]\n"
                return CommandResult(
                    exitStatus: isListing && listing.hasPrefix("ERROR") ? 1 : 0, standardOutput: Array(output.utf8),
                    standardError: Array((isListing ? listing : "").utf8))
            })
        for name in ["theirs.yml", "more.yml"] { try box.write("all:\n", to: name) }
        var inventory = inventory
        inventory.sources = inventory.sources.map { "\(box.path)/\($0)" }
        var caught: InfrastructureError?
        do {
            let context = box.context(roles: ["server", "client"], inventory: inventory)
            _ = try await box.run(box.step("ansible", .map(subject), hosts: hosts), in: context)
        } catch let error as InfrastructureError { caught = error }
        return (recorder.lines.map { $0.replacing("\(box.path)/", with: "") }.filter { !$0.hasSuffix("--version") }, caught)
    }

    private let ours = "artifacts/deploy-site/inventory.yml"
    private let both = "debian12-podman-server-1,debian12-podman-client-1"

    @Test("The matrix's come first, then the step's, the cell's last; plays touch only the cell's hosts and this machine")
    func order() async throws {
        let (lines, _) = try await started(
            ["playbook": "play.yml", "inventory": "more.yml"], inventory: InventoryPlan(sources: ["theirs.yml"]))
        #expect(lines.first == "ansible-inventory -i theirs.yml -i more.yml --list")
        let inventories = "--inventory theirs.yml --inventory more.yml --inventory \(ours)"
        #expect(lines.last == "ansible-playbook \(inventories) --limit \(both),localhost play.yml")
    }

    @Test("Without one nothing is asked and nothing is limited")
    func none() async throws {
        let (lines, _) = try await started(["playbook": "play.yml", "inventory": [""]])
        #expect(lines == ["ansible-playbook --inventory \(ours) play.yml"])
    }

    @Test("An inventory that names this machine does not bring a play on all hosts here")
    func thisMachine() async throws {
        let listing = #"{"_meta": {"hostvars": {}}, "all": {"children": ["ungrouped"]}, "ungrouped": {"hosts": ["localhost", "nas"]}}"#
        let (lines, _) = try await started(["playbook": "play.yml", "inventory": "theirs.yml"], listing: listing)
        #expect(lines.last?.contains("--limit \(both) play.yml") == true, "\(lines)")
    }

    @Test("A role and a step's own hosts leave this machine out")
    func narrower() async throws {
        let (role, _) = try await started(["role": "loki", "inventory": "theirs.yml"])
        #expect(role.last?.contains("--limit \(both) artifacts") == true, "\(role)")
        let (one, _) = try await started(["playbook": "play.yml", "inventory": "theirs.yml"], hosts: "client")
        #expect(one.last?.contains("--limit debian12-podman-client-1 play.yml") == true, "\(one)")
    }

    @Test("One that Ansible cannot read is an error before any play")
    func unreadable() async throws {
        let (lines, error) = try await started(
            ["playbook": "play.yml", "inventory": "theirs.yml"], listing: "ERROR! Completely failed to parse inventory source")
        #expect(lines.count == 1 && error?.type == "matrix.ansible.inventory" && error?.isTransient == false)
        #expect(error?.why == "ERROR! Completely failed to parse inventory source")
        #expect(error?.next?.hasPrefix("try: ansible-inventory -i ") == true)
    }
}
