import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixDeployers

/// The `kubernetes` deployer on a scripted control node.
struct KubernetesTests {
    private static func deployment(available: Int, generation: Int = 1) -> Value {
        [
            "kind": "Deployment", "metadata": ["name": "web", "namespace": "demo", "generation": .int(generation)],
            "spec": ["replicas": 2, "selector": ["matchLabels": ["app": "web"]]],
            "status": ["observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": .int(available)],
        ]
    }

    private static func pods(reason: String = "", restarts: Int = 0) -> Value {
        let status: Value = [
            "ready": false, "restartCount": .int(restarts), "state": ["waiting": ["reason": .string(reason), "message": "back-off"]],
        ]
        return ["items": [["kind": "Pod", "metadata": ["name": "web-1"], "status": ["containerStatuses": [status]]]]]
    }

    private static let events: Value = [
        "items": [
            [
                "type": "Warning", "reason": "Failed", "message": "no such image", "lastTimestamp": "2026-11-28T12:00:00Z",
                "involvedObject": ["kind": "Pod", "name": "web-1"],
            ]
        ]
    ]

    /// A cluster of one node; no kubectl on the runner.
    private func cluster(_ box: Sandbox, _ node: any Transport) -> CellContext {
        var context = box.context(transport: node)
        context.kubeconfig = "\(box.path)/kubeconfig"
        _ = try? box.write(
            """
            clusters: [{ name: default, cluster: { server: "https://127.0.0.1:6443" } }]
            contexts: [{ name: default, context: { cluster: default, user: default } }]
            current-context: default
            users: [{ name: default, user: { token: abc } }]
            """, to: "kubeconfig")
        context.cell.hosts[0].groups.append("k3s_control")
        context.hosts[0].plan.groups.append("k3s_control")
        return context
    }

    private func node(_ answers: [(String, String, Int32)]) -> ScriptedTransport {
        let transport = ScriptedTransport()
        transport.answer("mkdir -p \"${1%/*}\" && cat")
        for (part, output, status) in answers.reversed() {
            transport.answer { command in
                guard command.display.contains(part) else { return nil }
                return CommandResult(
                    exitStatus: status, standardOutput: status == 0 ? Array(output.utf8) : [],
                    standardError: status == 0 ? [] : Array(output.utf8))
            }
        }
        return transport
    }

    private static func withoutKubectl() throws -> Sandbox {
        try Sandbox(runner: ScriptedRunner { command in CommandResult(exitStatus: command.display.contains("command -v") ? 1 : 99) })
    }

    private func step(_ box: Sandbox, _ more: [String: Value] = [:]) throws -> StepPlan {
        try box.write("kind: Deployment\n", to: "web.yml")
        return box.step(
            "kubernetes", .map(more.merging(["manifests": "web.yml", "namespace": "demo", "wait": "1s"]) { own, _ in own }), name: "web")
    }

    @Test func manifestsAreAppliedOnTheNodeAndWaitedFor() async throws {
        let box = try Self.withoutKubectl()
        let list = Value.map(["kind": "List", "items": [Self.deployment(available: 0), ["kind": "ConfigMap", "metadata": ["name": "c"]]]])
        let node = node([
            ("get namespace demo", "not found", 1), ("create namespace demo", "namespace/demo created", 0), (" apply -f", list.json, 0),
            ("get deployment/web", Self.deployment(available: 2).json, 0),
        ])
        let cases = try await box.run(try step(box), in: cluster(box, node))
        #expect(cases.map(\.name) == ["web", "web: deployment/web"])
        #expect(cases.allSatisfy { $0.outcome == .passed })
        let apply = try #require(node.commands.first { $0.arguments.contains("apply") })
        #expect(
            apply.arguments == [
                "env", "KUBECONFIG=/run/k3s/solti-matrix/demo:/etc/rancher/k3s/k3s.yaml", "/usr/local/bin/k3s", "kubectl",
                "--cache-dir=/run/k3s/solti-matrix/cache", "apply", "-f", "-", "-o", "json",
            ])
        #expect(apply.user == "root" && apply.input == Array("kind: Deployment\n".utf8))
        #expect(box.logged.contains("applied configmap/c"))
        #expect(box.files(holding: "kind: Deployment").contains { $0.hasSuffix("manifests.yml") })
    }

    @Test func aPodThatCrashesIsAFailureAtOnce() async throws {
        let box = try Self.withoutKubectl()
        let node = node([
            ("get namespace", "namespace/demo", 0), (" apply -f", Self.deployment(available: 0).json, 0),
            ("get deployment/web", Self.deployment(available: 0).json, 0),
            ("get pods", Self.pods(reason: "CrashLoopBackOff", restarts: 4).json, 0),
            ("logs web-1", "panic: no configuration", 0),
        ])
        let cases = try await box.run(try step(box, ["wait": "10m"]), in: cluster(box, node))
        #expect(cases.map(\.outcome) == [.failed, .failed])
        #expect(cases[0].message == "web-1: CrashLoopBackOff after 4 restarts: back-off")
        #expect(cases[1].type == "matrix.kubernetes.rollout" && cases[1].detail?.contains("panic: no configuration") == true)
    }

    @Test func aRolloutThatDoesNotCompleteIsAFailureWithItsReason() async throws {
        let box = try Self.withoutKubectl()
        let node = node([
            ("get namespace", "namespace/demo", 0), (" apply -f", Self.deployment(available: 1).json, 0),
            ("get deployment/web", Self.deployment(available: 1).json, 0), ("get pods", Self.pods(reason: "ImagePullBackOff").json, 0),
            ("get events --namespace demo", Self.events.json, 0),
        ])
        let cases = try await box.run(try step(box, ["wait": "10ms"]), in: cluster(box, node))
        #expect(cases[0].outcome == .failed)
        #expect(
            cases[0].message?.hasSuffix(
                "1 of 2 pods are available (ImagePullBackOff: back-off; newest warning: Failed: no such image)") == true)
    }

    @Test func whatTheClusterRefusesIsAFailure() async throws {
        let box = try Self.withoutKubectl()
        let node = node([("get namespace", "namespace/demo", 0), (" apply -f", "error: unknown field spec.replica", 1)])
        let cases = try await box.run(try step(box), in: cluster(box, node))
        #expect(cases.map(\.outcome) == [.failed])
        #expect(cases[0].message == "exit status 1: error: unknown field spec.replica")
        #expect(cases[0].detail?.contains("apply -f -") == true)
    }

    @Test func aClusterThatDoesNotAnswerIsNoVerdict() async throws {
        let box = try Self.withoutKubectl()
        let node = node([
            ("get namespace", "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?", 1)
        ])
        await #expect(throws: InfrastructureError.self) { try await box.run(try step(box), in: cluster(box, node)) }
    }

    @Test func absentDeletesAndWithdrawingDoes() async throws {
        let box = try Self.withoutKubectl()
        let node = node([(" delete --ignore", "deployment.apps \"web\" deleted", 0)])
        let context = cluster(box, node)
        let cases = try await box.run(try step(box, ["state": "absent"]), in: context)
        #expect(cases.map(\.outcome) == [.passed])
        try await KubernetesDeployer(runner: box.runner).withdraw(try step(box), in: context) { _ in }
        let deletes = node.commands.filter { $0.arguments.contains("delete") }
        #expect(deletes.count == 2)
        #expect(deletes.allSatisfy { $0.arguments.contains("--ignore-not-found") && $0.input == Array("kind: Deployment\n".utf8) })
    }

    private static let stack = """
        kind: Toy
        ---
        kind: CustomResourceDefinition
        ---
        kind: Role
        ---
        kind: Namespace
        """

    /// Their kinds and namespaces exist before objects need them, and go after them.
    @Test func kindsAndNamespacesComeFirstAndGoLast() async throws {
        let box = try Self.withoutKubectl()
        try box.write(Self.stack, to: "stack.yml")
        let made: Value = ["kind": "CustomResourceDefinition", "metadata": ["name": "toys.example.org"]]
        let established: Value = ["status": ["conditions": [["type": "Established", "status": "True"]]]]
        let node = node([
            (" apply --server-side", made.json, 0), ("get customresourcedefinition/toys.example.org", established.json, 0),
            (" apply -f", "{\"items\": []}", 0), (" delete --ignore", "", 0), ("get namespace", "namespace/default", 0),
        ])
        let step = box.step("kubernetes", ["manifests": "stack.yml", "wait": "1s"], name: "stack")
        let context = cluster(box, node)
        #expect(try await box.run(step, in: context).map(\.outcome) == [.passed])
        try await KubernetesDeployer(runner: box.runner).withdraw(step, in: context) { _ in }
        let inputs = node.commands.filter { $0.arguments.contains("-f") }.map { String(decoding: $0.input ?? [], as: UTF8.self) }
        #expect(
            inputs == [
                "kind: Namespace\n---\nkind: CustomResourceDefinition", "kind: Toy\n---\nkind: Role", "kind: Role\n---\nkind: Toy",
                "kind: CustomResourceDefinition\n---\nkind: Namespace",
            ])
        // Nothing is forced into a namespace.
        #expect(node.commands.filter { $0.arguments.contains("-f") }.allSatisfy { !$0.arguments.contains("--namespace") })
    }

    @Test func objectsWhoseKindIsGoneAreGone() async throws {
        let box = try Self.withoutKubectl()
        try box.write(Self.stack, to: "stack.yml")
        let step = box.step("kubernetes", ["manifests": "stack.yml", "state": "absent"], name: "stack")
        let gone = "error: unable to recognize \"STDIN\": no matches for kind \"Toy\" in version \"example.org/v1\"\n"
        #expect(
            try await box.run(step, in: cluster(box, node([(" delete --ignore", gone + "ensure CRDs are installed first", 1)])))
                .map(\.outcome) == [.passed])
        #expect(
            try await box.run(step, in: cluster(box, node([(" delete --ignore", gone + "error: forbidden", 1)]))).map(\.outcome) == [
                .failed
            ])
    }

    @Test func theRunnersKubectlIsUsedIfItIsInstalled() async throws {
        let commands = Mutex<[Command]>([])
        let box = try Sandbox(
            runner: ScriptedRunner { command in
                commands.withLock { $0.append(command) }
                let output = command.arguments.contains("apply") ? Value.map(["kind": "ConfigMap", "metadata": ["name": "c"]]).json : ""
                return CommandResult(exitStatus: 0, standardOutput: Array(output.utf8))
            })
        var context = cluster(box, ScriptedTransport())
        // What the engine lists is no path with a colon.
        let own = "\(box.path)/listed"
        context.environment["KUBECONFIG"] = own
        #expect(try await box.run(try step(box), in: context).map(\.outcome) == [.passed])
        let apply = try #require(commands.withLock { $0.first { $0.arguments.contains("apply") } })
        #expect(apply.arguments.first == "kubectl" && apply.environment["KUBECONFIG"] == "\(own)-demo:\(own)")
        #expect(Value(json: try #require(FileSystem.text(of: "\(own)-demo")))?.element(at: "contexts.0.context.namespace") == "demo")
    }

    @Test func aCellThatIsNoClusterIsNamed() async throws {
        let box = try Self.withoutKubectl()
        do {
            _ = try await box.run(try step(box), in: box.context())
            Issue.record("it ran")
        } catch let error as InfrastructureError {
            #expect(error.what == "cell debian12-podman is not a cluster" && !error.isTransient)
        }
    }

    @Test func aKustomizationIsBuiltWhereKubectlRuns() async throws {
        let box = try Sandbox(
            runner: ScriptedRunner { command in
                CommandResult(
                    exitStatus: command.arguments[0] == "tar" ? 0 : 1,
                    standardOutput: command.arguments[0] == "tar" ? Array("archive".utf8) : [])
            })
        try box.write("resources: []\n", to: "app/kustomization.yaml")
        let node = node([
            (" kustomize", "kind: ConfigMap", 0), ("get namespace", "x", 0),
            (" apply -f", "{\"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"c\"}}", 0),
        ])
        let step = box.step("kubernetes", ["kustomize": "app"], name: "web")
        #expect(try await box.run(step, in: cluster(box, node)).map(\.outcome) == [.passed])
        #expect(node.commands.first { $0.display.contains("kustomize") }?.input == Array("archive".utf8))
        #expect(node.commands.first { $0.arguments.contains("apply") }?.input == Array("kind: ConfigMap".utf8))
    }

    @Test func chartsAreHelms() async throws {
        let commands = Mutex<[Command]>([])
        let box = try Sandbox(
            runner: ScriptedRunner { command in
                commands.withLock { $0.append(command) }
                return CommandResult(exitStatus: 0)
            })
        try box.write("a: 1\n", to: "values.yml")
        let chart: Value = ["chart": "grafana", "repo": "https://charts.example", "version": "8.0.0", "values": "values.yml"]
        let step = box.step("kubernetes", ["helm": chart, "namespace": "mon", "wait": "90s"], name: "The dashboards!")
        let context = cluster(box, ScriptedTransport())
        #expect(try await box.run(step, in: context).map(\.outcome) == [.passed])
        let helm = try #require(commands.withLock { $0.last })
        #expect(
            helm.arguments == [
                "helm", "upgrade", "--install", "the-dashboards", "grafana", "--namespace", "mon", "--create-namespace", "--repo",
                "https://charts.example",
                "--version", "8.0.0", "--values", "\(box.path)/values.yml", "--wait", "--timeout", "90s",
            ])
        try await KubernetesDeployer(runner: box.runner).withdraw(step, in: context) { _ in }
        #expect(commands.withLock { $0.last?.arguments.prefix(3) } == ["helm", "uninstall", "the-dashboards"])
    }

    @Test func withoutHelmAChartIsNoVerdict() async throws {
        let box = try Self.withoutKubectl()
        do {
            _ = try await box.run(box.step("kubernetes", ["helm": ["chart": "x"]]), in: cluster(box, ScriptedTransport()))
            Issue.record("it ran")
        } catch let error as InfrastructureError { #expect(error.why == "helm is not installed here") }
    }

    @Test func progressIsWhatTheObjectSays() {
        func progress(_ kind: String, _ object: Value) -> Workload.Progress {
            Workload(kind: kind, name: "x", namespace: "n").progress(of: object)
        }
        #expect(progress("deployment", Self.deployment(available: 2)) == .done)
        #expect(
            progress("deployment", Self.deployment(available: 2, generation: 2))
                == .waiting("the cluster has not processed its last change yet"))
        #expect(
            progress("deployment", ["spec": ["replicas": 1], "metadata": ["generation": 1]])
                == .waiting("the cluster has not processed its last change yet"))
        #expect(progress("daemonset", ["status": ["desiredNumberScheduled": 0]]) == .waiting("no node accepts it"))
        #expect(
            progress("daemonset", ["status": ["desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 2]]) == .done)
        #expect(
            progress("statefulset", ["spec": ["replicas": 1], "status": ["updatedReplicas": 1, "readyReplicas": 0, "replicas": 1]])
                == .waiting("0 of 1 pods are available"))
        #expect(progress("job", ["status": ["conditions": [["type": "Failed", "status": "True"]]]]) == .failed(pod: nil, "the job failed"))
        #expect(progress("pod", ["status": ["phase": "Pending"]]) == .waiting("it is Pending"))
        #expect(
            progress("deployment", ["spec": ["replicas": .double(1e300)], "status": ["replicas": 1]])
                == .failed(pod: nil, "the cluster says that its spec.replicas is 1e+300"))
        #expect(
            progress("statefulset", ["spec": ["replicas": 1], "status": ["replicas": .int(.min)]])
                == .failed(pod: nil, "the cluster says that its status.replicas is \(Int.min)"))
        #expect(
            Workload.failure(in: Self.pods(reason: "CrashLoopBackOff", restarts: .max))?.why.hasPrefix("CrashLoopBackOff after 0 restarts")
                == true)
    }

    @Test func problemsAreFoundBeforeAnythingIsCreated() throws {
        let box = try Sandbox()
        func found(_ subject: Value) -> [String] { box.diagnostics(box.step("kubernetes", subject)) }
        #expect(found([:]).first?.contains("names nothing to apply") == true)
        #expect(found(["manifests": "gone.yml"]).first?.contains("there is no file or folder \(box.path)/gone.yml") == true)
        #expect(
            found(["manifests": "https://example.org/a.yml", "kustomize": "${vars.x}"]).first?.contains("has both manifests and kustomize")
                == true)
        #expect(found(["manifests": "https://example.org/a.yml"]).isEmpty)
    }
}
