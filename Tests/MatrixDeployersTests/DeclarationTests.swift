import MatrixRemote
import Testing

@testable import MatrixCore
@testable import MatrixDeployers

/// What is found before anything is created.
struct DeclarationTests {
    @Test func ansibleNamesEveryProblem() throws {
        let box = try Sandbox()
        try box.write("x", to: "play.yml")
        try box.write("name: only\n", to: "half/galaxy.yml")
        func found(_ subject: Value) -> [String] {
            box.diagnostics(box.step("ansible", subject)).map { $0.replacing("\(box.path)/", with: "") }
        }
        #expect(found(["playbook": "play.yml", "extra_vars": ["x": "${secrets.a}", "y": "{{ b }}"]]) == [])
        #expect(found(["directory": "${vars.d}", "playbook": "play.yml", "requirements": "${vars.r}"]) == [])
        let place = "matrix.yml:1:1: error:"
        #expect(found([:]) == ["\(place) neither playbook nor role is given; give one of them"])
        #expect(found(["playbook": "play.yml", "role": "x"]) == ["\(place) playbook and role exclude each other; write two steps"])
        #expect(found(["playbook": "play.yml", "tasks_from": "x"]).first?.contains("tasks_from needs a role") == true)
        let relative = "relative paths are relative to the file that names them"
        #expect(found(["playbook": "gone.yml"]) == ["\(place) there is no file gone.yml; \(relative)"])
        #expect(found(["role": "r", "vars_files": "a.yml", "roles_path": "b", "directory": "c"]).count == 3)
        #expect(found(["role": "r", "collections": "half"]).first?.contains("half is not a collection") == true)
        #expect(found(["role": "r", "tags": ["${secrets.a}"]]).first?.contains("visible in process lists") == true)
        let nested: Value = ["x": "{{ '${secrets.a}' | upper }}"]
        #expect(found(["role": "r", "extra_vars": nested]).first?.contains("cannot be used inside {{ }}") == true)
        #expect(found(["role": "r", "vars": nested]).last?.contains("cannot be used inside {{ }}") == true)
        #expect(found(["role": "r", "inventory": ["play.yml", "gone"]]) == ["\(place) there is no inventory gone; \(relative)"])
    }

    @Test("vars of an ansible step still works, and says its new name")
    func oldName() throws {
        let box = try Sandbox()
        func found(_ subject: Value) -> [Diagnostic] {
            let step = box.step("ansible", subject)
            return AnsibleDeclaration.declaration.examine(step.options)
        }
        let old = found(["role": "r", "vars": ["x": 1]])
        #expect(old.map(\.severity) == [.warning])
        #expect(old.first?.message == "vars of an ansible step is now called extra_vars: its variables override all others")
        #expect(old.first?.hint?.contains("set the variables under hosts: or groups:") == true)
        let both = found(["role": "r", "vars": ["x": 1], "extra_vars": ["x": 2]])
        #expect(both.map(\.severity) == [.error] && both.first?.hint == "move its variables to extra_vars")
        let options = try AnsibleOptions(box.step("ansible", ["role": "r", "vars": ["x": 1]]), scope: Scope())
        #expect(options.variables?.value == ["x": 1])
    }

    @Test func othersNameTheirs() throws {
        let box = try Sandbox()
        #expect(box.diagnostics(box.step("shell", ["file": "gone.sh"])).first?.contains("there is no file") == true)
        #expect(box.diagnostics(box.step("shell", "echo ${secrets.a}")).isEmpty)
        #expect(box.diagnostics(box.step("local", ["./gone", "x"])).first?.contains("there is no program") == true)
        #expect(box.diagnostics(box.step("local", ["true", "${secrets.a}"])).first?.contains("visible in process lists") == true)
        #expect(box.diagnostics(box.step("collect", ["var/log", "/var/log", ["journal": "x"]])).count == 1)
    }

    @Test func everyKindHasOne() {
        let kinds = DeployerCatalogue.all(runner: LocalTransport()).map(\.declaration)
        #expect(kinds.map(\.kind) == ["ansible", "shell", "local", "reboot", "collect", "kubernetes"])
        #expect(kinds.allSatisfy { !$0.summary.isEmpty && !$0.summary.hasSuffix(".") && $0.example.contains($0.kind) })
    }
}
