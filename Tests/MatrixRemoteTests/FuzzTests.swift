import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixRemote

/// What ssh, its banners and kubeconfigs say.
@Suite(.timeLimit(.minutes(10))) struct FuzzTests {
    @Test func banners() throws {
        var fuzzer = Fuzzer(
            "banners",
            samples: [
                "Welcome!\r\n\u{1b}[1m*** nonce begin\nout\nnonce 0\n", "@@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@@\n",
                "ssh: connect to host x port 22: Connection refused\r\n", "mark nonce started\nmark nonce 127\n",
            ], words: ["nonce", "\n", "Permission denied", "\0"])
        try fuzzer.run { bytes in
            _ = SSHComplaint(String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)).reason
            var stream = MarkedStream(.standardOutput, nonce: "nonce", limit: 1000)
            var collector = OutputCollector(.standardError, limit: 100)
            let middle = bytes.count / 2
            for part in [bytes[..<middle], bytes[middle...]] { _ = (stream.take(Array(part)), collector.take(Array(part))) }
            _ = (stream.end(), collector.end())
        }
    }

    @Test func kubeconfigs() throws {
        var fuzzer = Fuzzer(
            "kubeconfig",
            samples: [
                "current-context: a\ncontexts: [{ name: a, context: { cluster: c, user: u } }]\n"
                    + "clusters: [{ name: c, cluster: { server: 'https://1.2.3.4:6443', certificate-authority-data: aGk= } }]\n"
                    + "users: [{ name: u, user: { token: t, client-key-data: aGk= } }]\n"
            ], words: ["&a ", "*a", "<<: *a\n"])
        try fuzzer.run { bytes in
            if let config = try? Kubeconfig(String(decoding: bytes, as: UTF8.self)) {
                _ = (config.secrets, config.reaching("https://5.6.7.8:6443").text)
            }
        }
    }
}
