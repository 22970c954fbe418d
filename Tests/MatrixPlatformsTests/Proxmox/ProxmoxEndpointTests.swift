import MatrixCore
import Testing

@testable import MatrixPlatforms

@Suite struct ProxmoxEndpointTests {
    @Test func encodesPathAndQueryOnce() throws {
        let endpoint = try #require(ProxmoxEndpoint("pve.example.net"))
        let request = ProxmoxRequest(
            .delete, ["nodes", "pve1", "storage", "local", "content", "local:100/vm-100-disk-0.qcow2"], ["delay": 5, "a": "x;y+z %"])
        #expect(
            endpoint.url(for: request)
                == "https://pve.example.net:8006/api2/json/nodes/pve1/storage/local/content/"
                + "local%3A100%2Fvm-100-disk-0.qcow2?a=x%3By%2Bz%20%25&delay=5"
        )
        #expect(ProxmoxEndpoint("https://[::1]:8006")?.authority == "[::1]:8006")
        #expect(ProxmoxEndpoint("ftp://pve") == nil && ProxmoxEndpoint("https://") == nil)
    }
}
