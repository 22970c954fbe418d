import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixChecks

@Suite struct KubernetesCheckTests {
    private func check(_ yaml: String) throws -> KubernetesCheck {
        var item = try Samples.item(yaml)
        item.kubeconfig = "/kubeconfig"
        return try KubernetesCheck(item)
    }

    private func judge(_ yaml: String, _ answer: Value, status: Int = 200) throws -> Judgement {
        try check(yaml).judge(KubernetesAPI.Answer(status: status, text: answer.json))
    }

    private static func object(_ name: String, ready: Bool = true, waiting reason: String? = nil) -> Value {
        let state: Value = reason.map { ["waiting": ["reason": .string($0)]] } ?? ["running": [:]]
        return [
            "metadata": ["name": .string(name)],
            "status": [
                "conditions": [["type": "Ready", "status": .string(ready ? "True" : "False")]],
                "containerStatuses": [["state": state, "restartCount": 7]],
            ],
        ]
    }

    private static func list(_ items: Value...) -> Value { ["items": .list(items)] }

    @Test func noNodesNeverPass() throws {
        #expect(try judge("kubernetes: { nodes: all }", Self.list()).message == "ready: expected all of at least one, observed none at all")
        #expect(throws: Unanswered("the cluster's answer is not a list of nodes")) { try judge("kubernetes: { nodes: all }", [:]) }
        #expect(throws: Unanswered("the cluster listed only a part of its pods", next: "narrow the selector")) {
            try judge("kubernetes: { pods: app=old }\ncount: 0", ["items": [], "metadata": ["continue": "abc"]])
        }
        #expect(try judge("kubernetes: { nodes: all }", Self.list(Self.object("a"), Self.object("b"))).holds)
        let one = try judge("kubernetes: { nodes: all }", Self.list(Self.object("a"), Self.object("b", ready: false)))
        #expect(one.message == "ready: expected all of at least one, observed 1 of 2; not: b")
    }

    @Test func countsAreMatched() throws {
        #expect(try !judge("kubernetes: { nodes: all }\nready: 3", Self.list(Self.object("a"), Self.object("b"))).holds)
        #expect(
            try judge(
                "kubernetes: { pods: app=web }\nready: { ge: 1 }\ncount: 2", Self.list(Self.object("a"), Self.object("b", ready: false))
            ).holds)
        #expect(try judge("kubernetes: { pods: app=old }\ncount: 0", Self.list()).holds)
        #expect(try !judge("kubernetes: { pods: app=web }\ncount: 2", Self.list(Self.object("a"), Self.object("b", ready: false))).holds)
    }

    @Test func aPodThatCrashesFailsEvenIfAllElseHolds() throws {
        let pods = Self.list(Self.object("a"), Self.object("b", ready: false, waiting: "CrashLoopBackOff"))
        #expect(
            try judge("kubernetes: { pods: app=web }\nready: 1", pods).message
                == "pods: expected none that crashes, observed b: CrashLoopBackOff after 7 restarts")
    }

    @Test func aRolloutIsJudgedByItsOwnCounts() throws {
        func deployment(_ available: Int, generation: Int = 1, replicas: Int = 2) -> Value {
            [
                "kind": "Deployment", "metadata": ["generation": .int(generation)], "spec": ["replicas": .int(replicas)],
                "status": [
                    "observedGeneration": 1, "replicas": .int(replicas), "updatedReplicas": .int(replicas),
                    "availableReplicas": .int(available),
                ],
            ]
        }
        let text = "kubernetes: { rollout: deployment/web, namespace: demo }"
        #expect(try judge(text, deployment(2)).holds)
        #expect(try judge(text, deployment(1)).message == "rollout: expected complete, observed 1 of 2 pods are available")
        #expect(
            try judge(text, deployment(.max)).message?.hasSuffix("the cluster says that its status.availableReplicas is \(Int.max)") == true
        )
        #expect(
            try judge(text, deployment(2, generation: 2)).message
                == "rollout: expected complete, observed the cluster has not processed its last change yet")
        #expect(try !judge(text, deployment(0, replicas: 0)).holds)
        #expect(try !judge("\(text)\nready: 3", deployment(2)).holds)
    }

    @Test func whyPodsDoNotRunIsPartOfTheVerdict() throws {
        let rollout: Value = [
            "kind": "Deployment", "spec": ["replicas": 1], "status": ["replicas": 1, "updatedReplicas": 1, "availableReplicas": 0],
        ]
        let why = " (ImagePullBackOff: Back-off pulling image)"
        #expect(
            try check("kubernetes: { rollout: deployment/web }").judge(.init(status: 200, text: rollout.json), because: why).message
                == "rollout: expected complete, observed 0 of 1 pods are available (ImagePullBackOff: Back-off pulling image)")
        let pods = Self.list(Self.object("a", ready: false)).json
        #expect(
            try check("kubernetes: { pods: app=web }").judge(.init(status: 200, text: pods), because: why).message
                == "ready: expected all of at least one, observed 0 of 1; not: a\(why)")
        #expect(
            try check("kubernetes: { pods: app=web }\nready: 1").judge(.init(status: 200, text: pods), because: why).context
                == "not ready\(why)")
    }

    @Test func anAnswerThatIsNotGoodIsAVerdictWithItsMessage() throws {
        let judgement = try judge("kubernetes: { rollout: deployment/web }", ["message": "deployments \"web\" not found"], status: 404)
        #expect(
            judgement.message
                == "answer: expected status 200 of /apis/apps/v1/namespaces/default/deployments/web, observed 404: "
                + "deployments \"web\" not found"
        )
    }

    @Test func aPathIsMatchedAsJSON() throws {
        let answer: Value = ["data": ["greeting": "hello"]]
        #expect(try judge("kubernetes: { path: /api/v1/x }\njson: { data.greeting: hello }", answer).holds)
        #expect(
            try judge("kubernetes: { path: /api/v1/x }\njson: { data.greeting: bye }", answer).message
                == "json data.greeting: expected \"bye\", observed \"hello\"")
    }

    @Test func itIsAskedByThePathThatAPersonCanFollow() throws {
        #expect(
            try check("kubernetes: { pods: 'app=web,tier in (a)', namespace: demo }").path
                == "/api/v1/namespaces/demo/pods?labelSelector=app%3Dweb%2Ctier%20in%20%28a%29")
        #expect(try check("kubernetes: { nodes: all }").path == "/api/v1/nodes")
        #expect(
            try check("kubernetes: { rollout: DaemonSet/x }").display.display
                == "kubectl --kubeconfig /kubeconfig get daemonsets/x --namespace default")
    }

    @Test func itIsOneCaseACell() throws {
        let step = try Samples.step("nodes", "kubernetes: { nodes: all }")
        let cell = Samples.cell(hosts: [HostPlan(name: "a", role: "control"), HostPlan(name: "b", role: "worker")])
        #expect(CheckRunner().plannedCases(of: step, in: cell).map(\.name) == ["nodes"])
    }

    @Test func aCellThatIsNoClusterCannotBeAsked() async throws {
        let results = try await Samples.verify([try Samples.step("nodes", "kubernetes: { nodes: all }")], over: ScriptedTransport())
        #expect(results.map(\.outcome) == [.error])
        #expect(results[0].message?.contains("the cell is not a cluster") == true)
    }

    @Test func problemsAreFoundBeforeAnythingIsCreated() throws {
        #expect(try Samples.examine("kubernetes: { namespace: demo }").first?.contains("asks for nothing") == true)
        #expect(try Samples.examine("kubernetes: { nodes: all, pods: a=b }").first?.contains("asks for nodes and pods at once") == true)
        #expect(try Samples.examine("kubernetes: { rollout: web }").first?.contains("is not a rollout") == true)
        #expect(try Samples.examine("kubernetes: { path: /x }\nready: 1").first?.contains("ready cannot be used with path:") == true)
        #expect(
            try Samples.examine("kubernetes: { nodes: all }\njson: { a: 1 }").first?.contains("json cannot be used with nodes:") == true)
        #expect(try Samples.examine("kubernetes: { nodes: '' }").first?.contains("nodes is empty") == true)
        #expect(try Samples.examine("kubernetes: { pods: a=b }\nready: 2").isEmpty)
    }
}
