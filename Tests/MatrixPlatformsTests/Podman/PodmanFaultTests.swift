import Testing

@testable import MatrixPlatforms

/// Texts that Podman 4.3 printed.
struct PodmanFaultTests {
    private static let unreachable = """
        Error: reading image "docker://debian:12": pinging container registry registry.invalid: Get "https://registry.invalid/v2/": \
        dial tcp: lookup registry.invalid on 192.0.2.1:53: no such host
        """

    @Test func findsTheReasonInALongLine() {
        #expect(
            PodmanFault.brief("failed to connect to syslog: Initialization\n" + Self.unreachable)
                == "dial tcp: lookup registry.invalid on 192.0.2.1:53: no such host")
        #expect(PodmanFault.brief("Error: network not found") == "network not found")
        #expect(PodmanFault.brief("") == "no reason given")
    }

    @Test(arguments: [
        "Error: error creating container storage: the container name \"x\" is already in use by a8697d89e345",
        "Error: network name pmnet already used: network already exists",
    ])
    func isNotTransientWhereANameIsTaken(_ text: String) {
        #expect(!PodmanFault.isTransient(text))
    }

    @Test(arguments: [
        "Error: rootlessport listen tcp 127.0.0.1:4001: bind: address already in use", "Error: Get \"x\": net/http: TLS handshake timeout",
        "Error: cannot remove container x as it is running: container state improper",
        "toomanyrequests: You have reached your pull rate limit",
    ])
    func isTransientWhereTheSameMayWorkAgain(_ text: String) {
        #expect(PodmanFault.isTransient(text))
    }

    @Test func tellsARegistrysRefusalFromItsSilence() {
        #expect(!PodmanFault.isRegistrysAnswer(Self.unreachable))
        #expect(
            PodmanFault.isRegistrysAnswer(
                "Error: reading image \"docker://x/y:1\": reading manifest 1 in x/y: manifest unknown: manifest unknown"))
    }
}
