import MatrixCore
import Testing

@testable import MatrixRemote

@Suite struct KubernetesPodsTests {
    private static func pod(_ name: String, ready: Bool = false, _ state: Value = [:], more: Value = ["type": "Other"]) -> Value {
        [
            "kind": "Pod", "metadata": ["name": .string(name)],
            "status": [
                "conditions": [["type": "Ready", "status": .string(ready ? "True" : "False")], more],
                "containerStatuses": [["state": state]],
            ],
        ]
    }

    private static func waiting(_ reason: String, _ message: String? = nil) -> Value {
        ["waiting": .map(["reason": .string(reason)].merging(message.map { ["message": .string($0)] } ?? [:]) { own, _ in own })]
    }

    private static func warning(_ pod: String, _ reason: String, _ time: String, type: String = "Warning") -> Value {
        [
            "type": .string(type), "reason": .string(reason), "message": .string("\(reason) of \(pod)"), "lastTimestamp": .string(time),
            "involvedObject": ["kind": "Pod", "name": .string(pod)],
        ]
    }

    @Test func whatPodsWaitForIsToldOnce() {
        let pull = Self.waiting("ImagePullBackOff", "Back-off pulling image \"x:1\"")
        let pods: Value = [
            "items": [
                Self.pod("a", pull), Self.pod("b", pull), Self.pod("c", Self.waiting("ContainerCreating")),
                Self.pod("d", ready: true, pull),
            ]
        ]
        #expect(KubernetesPods(pods).reasons == ["ImagePullBackOff: Back-off pulling image \"x:1\""])
        #expect(KubernetesPods(pods).words == " (ImagePullBackOff: Back-off pulling image \"x:1\")")
        #expect(KubernetesPods(["items": []]).words == "" && KubernetesPods(nil).words == "")
    }

    @Test func aPodThatNoNodeTakesSaysWhy() {
        let refused: Value = ["type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/2 nodes are available"]
        #expect(KubernetesPods(Self.pod("a", more: refused)).reasons == ["Unschedulable: 0/2 nodes are available"])
    }

    @Test func theNewestWarningAboutThePodsIsTold() {
        let events: Value = [
            "items": [
                Self.warning("a", "Old", "2026-11-28T10:00:00Z"), Self.warning("a", "New", "2026-11-28T12:00:00Z"),
                Self.warning("other", "Foreign", "2026-11-28T13:00:00Z"),
                Self.warning("a", "Pulled", "2026-11-28T14:00:00Z", type: "Normal"),
            ]
        ]
        let pods: Value = ["items": [Self.pod("a", Self.waiting("ContainerCreating"))]]
        #expect(KubernetesPods(pods, events: events).reasons == ["newest warning: New: New of a"])
    }

    @Test func aSelectorIsWhatTheWorkloadSays() {
        #expect(KubernetesPods.selector(of: ["spec": ["selector": ["matchLabels": ["b": "2", "a": "1"]]]]) == "a=1,b=2")
        #expect(KubernetesPods.selector(of: [:]) == nil)
    }
}

@Suite struct KubernetesDocumentsTests {
    @Test func namespacesAndDefinitionsComeFirst() {
        let text = """
            # Source: chart/templates/toy.yaml
            kind: Toy
            text: |
              ---- no end
            ---
            # nothing here
            --- # Source: chart/crds/toy.yaml
            kind: CustomResourceDefinition
            ---
            {"kind": "Namespace", "metadata": {"name": "team"}}
            ---
            kind: ConfigMap
            """
        let documents = KubernetesDocuments(text)
        #expect(documents.namespaces == [#"{"kind": "Namespace", "metadata": {"name": "team"}}"#])
        #expect(documents.definitions == [" # Source: chart/crds/toy.yaml\nkind: CustomResourceDefinition"])
        #expect(documents.others.count == 2 && documents.others[0].contains("---- no end"))
        #expect(documents.others[1] == "kind: ConfigMap")
    }

    @Test func aDocumentThatIsNotYAMLIsForTheCluster() {
        #expect(KubernetesDocuments("kind: [").others == ["kind: ["])
        #expect(KubernetesDocuments("").others == [])
    }

    @Test func aDefaultNamespaceIsAContextBesideTheClustersOwn() throws {
        let kubeconfig = try Kubeconfig(
            """
            clusters: [{ name: c, cluster: { server: "https://127.0.0.1:6443" } }]
            contexts: [{ name: x, context: { cluster: c, user: u } }]
            current-context: x
            users: [{ name: u, user: { token: t } }]
            """)
        let value = try #require(Value(json: kubeconfig.defaulting(to: "team")))
        #expect(value["current-context"] == "solti-matrix")
        #expect(value.element(at: "contexts.0.name") == "solti-matrix")
        #expect(value.element(at: "contexts.0.context") == ["cluster": "c", "user": "u", "namespace": "team"])
        #expect(value["users"] == nil)
    }
}
