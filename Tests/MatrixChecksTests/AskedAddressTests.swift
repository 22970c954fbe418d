import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixChecks

/// Which address and port are asked.
@Suite struct AskedAddressTests {
    @Test func addressesOfHostsBehindAForwardedPort() {
        let context = Samples.context(Samples.cell(), transports: [ScriptedTransport()])
        var host = context.hosts[0]
        host.endpoint.internalAddress = "10.88.0.5"
        #expect(Vantage.runner(ScriptedTransport()).address(of: host) == "10.88.0.5")
        host.endpoint.address = "192.0.2.7"
        #expect(Vantage.runner(ScriptedTransport()).address(of: host) == "192.0.2.7")
        #expect(Vantage.host(host).address(of: host) == "10.88.0.5")
    }

    @Test(arguments: [("x:80", "x", 80), ("[::1]:80", "::1", 80), ("192.0.2.1", "192.0.2.1", 53), ("::1", "::1", 53), ("x", "x", 53)])
    func hostsWithPorts(_ text: String, _ host: String, _ port: Int) {
        #expect(HostPort(text, standard: 53).map { $0.host == host && $0.port == port } == true)
    }
}
