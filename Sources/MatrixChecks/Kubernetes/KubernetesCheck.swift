import MatrixCore
import MatrixRemote

/// `kubernetes`: the cell's cluster by its API: its nodes, a rollout, the pods of a selector, or what a path answers.
struct KubernetesCheck: RequestedCheck {
    /// The question.
    enum Subject: Sendable, Hashable {
        /// By a label selector; nil for all.
        case nodes(String?)
        /// The plural of a kind, and a name.
        case rollout(plural: String, name: String)
        case pods(String)
        case path(String)
    }

    static let asksOnce = true
    static let declaration = Declaration(
        kind: "kubernetes", subject: .object(ObjectShape("a question to the cluster", keys)),
        keys: expectation.shapes,
        summary: "Asks the API of the cell's cluster, once per cell",
        example: "kubernetes: { rollout: deployment/web, namespace: demo }\nready: 2\nwithin: 60s\n",
        programs: { _ in [.needed("kubectl")] }, examine: KubernetesExamination.problems)

    /// What the answer must be.
    struct Expectation: KeySet {
        @Key("How many are ready. Default: all, and at least one") var ready: Matcher?
        @Key("How many there are") var count: Matcher?
        @Key("What the path answers: dotted paths with what must be there", paths: Matcher.json) var json: Matcher?
    }

    static let expectation = Expectation.declared()

    private static let keys = [
        KeyShape("nodes", .text, "`all`, or a label selector: its nodes are Ready"),
        KeyShape("rollout", .text, "A deployment, statefulset or daemonset, as deployment/web: it is rolled out"),
        KeyShape("pods", .text, "A label selector such as app=web: its pods are Ready, and none crashes"),
        KeyShape("path", .pattern("/.*", meaning: "a path that begins with a slash"), "A path of the API: it answers with status 200"),
        KeyShape("namespace", .text, "The namespace of a rollout or of pods. Default: `default`"),
    ]

    static let plurals = ["deployment": "deployments", "statefulset": "statefulsets", "daemonset": "daemonsets"]

    let subject: Subject
    let namespace: String
    private let expected: Expectation
    /// Nil if the cell is not a cluster.
    private let kubeconfig: String?
    private let timeout: Duration
    let isAskedHere = true

    init(_ item: CheckItem) throws {
        kubeconfig = item.kubeconfig
        subject = try Self.subject(of: item.subject)
        namespace = item.subject["namespace"]?.text ?? "default"
        expected = try Expectation(reading: item.options)
        timeout = item.timeout ?? .seconds(10)
    }

    private static func subject(of document: Document) throws -> Subject {
        if let text = document["nodes"]?.text { return .nodes(text == "all" ? nil : text) }
        if let text = document["pods"]?.text { return .pods(text) }
        if let text = document["path"]?.text { return .path(text) }
        guard let rollout = document["rollout"], let text = rollout.text, let parts = KubernetesExamination.rollout(text) else {
            throw UsageError([Diagnostic(at: document.location, "kubernetes asks for nothing", hint: KubernetesExamination.hint)])
        }
        return .rollout(plural: parts.plural, name: parts.name)
    }

    var display: Command {
        let words: [String]
        switch subject {
        case .nodes(let selector): words = ["get", "nodes"] + (selector.map { ["--selector", $0] } ?? [])
        case .rollout(let plural, let name): words = ["get", "\(plural)/\(name)", "--namespace", namespace]
        case .pods(let selector): words = ["get", "pods", "--namespace", namespace, "--selector", selector]
        case .path(let path): words = ["get", "--raw", path]
        }
        return Command(["kubectl"] + (kubeconfig.map { ["--kubeconfig", $0] } ?? []) + words)
    }

    /// The path of the API that is asked.
    var path: String {
        switch subject {
        case .nodes(let selector): "/api/v1/nodes" + (selector.map { "?labelSelector=\(Self.encoded($0))" } ?? "")
        case .rollout(let plural, let name): "/apis/apps/v1/namespaces/\(namespace)/\(plural)/\(name)"
        case .pods(let selector): "/api/v1/namespaces/\(namespace)/pods?labelSelector=\(Self.encoded(selector))"
        case .path(let path): path
        }
    }

    func ask(over route: any RequestRoute) async throws -> Judgement {
        guard let kubeconfig else { throw Unanswered("the cell is not a cluster", next: "restrict the check with when: { platform: k3s }") }
        do {
            let api = KubernetesAPI(try Kubeconfig(file: kubeconfig), timeout: timeout)
            let answer = try await api.get(path)
            let judgement = try judge(answer)
            guard !judgement.holds, answer.isGood, let why = await reasons(answer, api) else { return judgement }
            return try judge(answer, because: why)
        } catch let error as InfrastructureError {
            throw Unanswered("\(error.what): \(error.why)", next: error.next)
        }
    }

    /// Why the pods in question do not run; nil if the cluster says nothing of it.
    private func reasons(_ answer: KubernetesAPI.Answer, _ api: KubernetesAPI) async -> String? {
        var pods: Value?
        switch subject {
        case .nodes, .path: return nil
        case .pods: pods = answer.value
        case .rollout:
            guard let selector = answer.value.flatMap(KubernetesPods.selector) else { return nil }
            pods = try? await api.get("/api/v1/namespaces/\(namespace)/pods?labelSelector=\(Self.encoded(selector))").value
        }
        let events = try? await api.get("/api/v1/namespaces/\(namespace)/events?fieldSelector=type%3DWarning").value
        let words = KubernetesPods(pods, events: events).words
        return words.isEmpty ? nil : words
    }

    /// - Parameter why: why pods do not run, as the end of a sentence.
    func judge(_ answer: KubernetesAPI.Answer, because why: String = "") throws(Unanswered) -> Judgement {
        var judgement = Judgement()
        guard answer.isGood else {
            judgement.note(
                "answer", expected: "status 200 of \(path)", observed: "\(answer.status): \(Observed.cut(answer.message, to: 300))",
                holds: false)
            return judgement
        }
        switch subject {
        case .path:
            judgement.note("status", expected: "200", observed: "\(answer.status)", holds: true)
            judgement.expect("json", expected.json, .printed(answer.text))
            judgement.context = "answer:\n\(Observed.excerpt(answer.text))"
        case .rollout: judge(rollout: answer.value ?? .null, because: why, in: &judgement)
        case .nodes: judge(try KubernetesObjects(answer.value, "nodes"), in: &judgement)
        case .pods: judge(try KubernetesObjects(answer.value, "pods"), because: why, in: &judgement)
        }
        return judgement
    }

    /// No object at all fails the check, unless a matcher allows it.
    private func judge(_ objects: KubernetesObjects, because why: String = "", in judgement: inout Judgement) {
        if let crashing = objects.crashing { judgement.note("pods", expected: "none that crashes", observed: crashing, holds: false) }
        judgement.expect("count", expected.count, .int(objects.all.count))
        judgement.expect("ready", expected.ready, .int(objects.ready.count))
        if expected.ready == nil, expected.count == nil || !objects.all.isEmpty {
            let holds = !objects.all.isEmpty && objects.unready.isEmpty
            let observed = objects.all.isEmpty ? "none at all" : "\(objects.ready.count) of \(objects.all.count)" + objects.unreadyWords
            judgement.note("ready", expected: "all of at least one", observed: observed + (holds ? "" : why), holds: holds)
        } else if !why.isEmpty {
            judgement.context = "not ready\(why)"
        }
    }

    private func judge(rollout object: Value, because why: String, in judgement: inout Judgement) {
        let rollout = KubernetesRollout(object)
        judgement.note(
            "rollout", expected: "complete", observed: rollout.reason.map { $0 + why } ?? "complete", holds: rollout.reason == nil)
        judgement.expect("count", expected.count, .int(rollout.wanted))
        judgement.expect("ready", expected.ready, .int(rollout.ready))
        if expected.ready == nil, expected.count == nil, rollout.wanted == 0 {
            judgement.note("ready", expected: "at least one", observed: "it has no replicas", holds: false)
        }
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
            return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

/// Finds the problems of a `kubernetes` check that shapes cannot say.
enum KubernetesExamination {
    static let hint = "write one of nodes: all, rollout: deployment/web, pods: app=web, path: /api/v1/…"

    /// A rollout's plural and name; nil if the text names no rollout.
    static func rollout(_ text: String) -> (plural: String, name: String)? {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 2, let plural = KubernetesCheck.plurals[parts[0].lowercased()] else { return nil }
        return (plural, parts[1])
    }

    static func problems(_ item: Document) -> [Diagnostic] {
        guard let subject = item["kubernetes"] else { return [] }
        let asked = ["nodes", "rollout", "pods", "path"].filter { subject.has($0) }
        guard asked.count == 1, let kind = asked.first else {
            let message = asked.isEmpty ? "kubernetes asks for nothing" : "kubernetes asks for \(asked.joined(separator: " and ")) at once"
            return [Diagnostic(at: subject.location, message, hint: hint)]
        }
        var problems = KubernetesCheck.expectation.problems(in: item) + Examination.name(kind, in: subject)
        if let text = subject["rollout"]?.text, !text.contains("${"), rollout(text) == nil {
            problems.append(
                Diagnostic(
                    at: subject["rollout"]?.location, "'\(text)' is not a rollout",
                    hint: "write deployment/NAME, statefulset/NAME or daemonset/NAME"))
        }
        let useless = kind == "path" ? ["ready", "count"] : ["json"]
        for member in item.members where useless.contains(member.key) {
            problems.append(Diagnostic(at: member.keyLocation, "\(member.key) cannot be used with \(kind):", hint: "remove it"))
        }
        return problems
    }
}
