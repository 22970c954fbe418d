import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// Credentials leave this machine encrypted, unless the settings say otherwise.
struct PlainHTTPTests {
    @Test(arguments: [
        ("https://pve.example.net:8006", false), ("http://127.0.0.1:8080/v4", false), ("http://127.8.9.1", false),
        ("http://[::1]:80", false),
        ("http://LOCALHOST:80/v4", false), ("http://10.88.0.1", true), ("HTTP://pve:8006", true), ("http://localhost.example.net", true),
        ("http://127.0.0.1.example.net", true), ("http://[fe80::1]:80", true), ("http://127.1", true),
    ])
    func onlyThisMachineIsAnException(_ url: String, _ isExposed: Bool) {
        #expect(PlainHTTP.isExposed(url) == isExposed)
    }

    private func linode(_ more: [String: Value]) -> [String] {
        let settings: [String: Value] = ["region": "us-central", "token": ["env": "T"]]
        let document = Document(
            value: .map(settings.merging(more) { $1 }), at: SourceLocation(file: "m.yml", line: 4, column: 3))
        return LinodeDriver.declaration.examine(document).map(\.description)
    }

    private func proxmox(_ more: [String: Value]) -> [String] {
        let settings: [String: Value] = ["node": "pve", "token": ["id": "a@pve!b", "secret": ["env": "S"]]]
        let document = Document(
            value: .map(settings.merging(more) { $1 }), at: SourceLocation(file: "m.yml", line: 4, column: 3))
        return ProxmoxDriver.declaration.examine(document).map(\.description)
    }

    @Test func anEndpointWithoutEncryptionIsRefusedUnlessItIsAllowed() {
        #expect(
            linode(["endpoint": "http://10.88.0.1/v4"]) == [
                "m.yml:4:3: error: 'http://10.88.0.1/v4' is not encrypted: everybody on the way could read the credentials; "
                    + "write https://, or insecure: true if nobody else is in that network"
            ])
        #expect(linode(["endpoint": "http://10.88.0.1/v4", "insecure": true]).isEmpty)
        #expect(linode(["endpoint": "http://127.0.0.1:81/v4"]).isEmpty)
        #expect(proxmox(["endpoint": "http://pve:8006"]).first?.contains("'http://pve:8006' is not encrypted") == true)
        #expect(proxmox(["endpoint": "http://pve:8006", "insecure": true]).isEmpty)
        #expect(proxmox(["endpoint": "https://pve:8006"]).isEmpty)
    }
}
