import MatrixCore
import MatrixRemote
import MatrixTesting
import MatrixWeb
import Testing

@testable import MatrixPlatforms

/// Every caller of the web client against servers that never come to an end.
@Suite struct SlowServerTests {
    private static let kinds = ScriptedServer.misbehaviours.keys.sorted()
    private static let limit = Duration.milliseconds(200)

    private func server(_ kind: String) async throws -> ScriptedServer {
        try await ScriptedServer(try #require(ScriptedServer.misbehaviours[kind]))
    }

    @Test(.timeLimit(.minutes(5)), arguments: kinds) func linodesRequestsEnd(_ kind: String) async throws {
        let server = try await server(kind)
        var pace = LinodePace()
        pace.request = Self.limit
        let endpoint = try #require(LinodeEndpoint("http://127.0.0.1:\(server.port)/v4"))
        let client = LinodeClient(try WebClient(), endpoint: endpoint, token: "t", pace: pace)
        let fault = await #expect(throws: LinodeFault.self) { try await client.once(LinodeRequest(.get, ["profile"])) }
        #expect(fault?.kind == .transient && fault?.mayBeDone == true)
    }

    @Test(.timeLimit(.minutes(5)), arguments: kinds) func proxmoxRequestsEnd(_ kind: String) async throws {
        let server = try await server(kind)
        let endpoint = try #require(ProxmoxEndpoint("http://127.0.0.1:\(server.port)"))
        let caller = try RESTCaller(
            endpoint: endpoint, trust: .system, login: ProxmoxLogin(.token(id: "a@pve!b", secret: "s")), limit: Self.limit)
        let fault = await #expect(throws: ProxmoxFault.self) { try await caller.send(ProxmoxRequest(.get, ["version"])) }
        #expect(fault?.isWithoutReply == true)
    }

    @Test(.timeLimit(.minutes(5)), arguments: kinds) func downloadsEnd(_ kind: String) async throws {
        let server = try await server(kind)
        await #expect(throws: InfrastructureError.self) { try await ImageDownload.text(server.url, within: Self.limit) }
    }

    @Test(.timeLimit(.minutes(5)), arguments: kinds) func theSearchForAReleaseOfK3sEnds(_ kind: String) async throws {
        let server = try await server(kind)
        var settings = K3sSettings()
        settings.channelURL = "http://127.0.0.1:\(server.port)"
        let release = K3sRelease(settings: settings, state: try TemporaryFolder.make(), limit: Self.limit)
        let error = await #expect(throws: InfrastructureError.self) { try await release.resolved() }
        #expect(error?.type == "matrix.k3s.download")
    }

    @Test(.timeLimit(.minutes(5)), arguments: kinds) func requestsToAClusterEnd(_ kind: String) async throws {
        let server = try await server(kind)
        let kubeconfig = try Kubeconfig(
            """
            current-context: c
            contexts: [{ name: c, context: { cluster: k, user: u } }]
            clusters: [{ name: k, cluster: { server: "http://127.0.0.1:\(server.port)" } }]
            users: [{ name: u, user: { token: t } }]
            """)
        await #expect(throws: InfrastructureError.self) { try await KubernetesAPI(kubeconfig, timeout: Self.limit).get("/api/v1/nodes") }
    }

    /// A request may be sent again and again: the preflight has an end for all of them together.
    @Test(.timeLimit(.minutes(5)), arguments: kinds) func aPreflightEnds(_ kind: String) async throws {
        let server = try await server(kind)
        let settings = LinodeFixture.settings(["endpoint": .string("http://127.0.0.1:\(server.port)/v4")])
        let context = PlatformContext(
            state: try TemporaryFolder.make(), access: nil, runner: ScriptedTransport(), redactor: Redactor(), secrets: ["token": "t"])
        var pace = LinodePace()
        pace.request = Self.limit
        let platform = try LinodeDriver.make(settings: settings, in: context, transport: try WebClient(), pace: pace)
        let problems = await platform.preflight([LinodeFixture.cell()], within: .milliseconds(300))
        #expect(problems.map(\.severity) == [.error] && problems[0].message == "it did not answer within 0.3s")
    }
}
