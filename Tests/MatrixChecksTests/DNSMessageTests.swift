import Testing

@testable import MatrixChecks

/// Messages of name servers.
@Suite struct DNSMessageTests {
    @Test func messagesThatLieAreNoAnswers() {
        #expect(DNSMessage([], id: 1) == nil)
        #expect(DNSMessage([0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], id: 1) == nil)
        // A name that points to itself.
        #expect(DNSMessage([0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 0x0c, 0, 1, 0, 1], id: 1) == nil)
        #expect(DNSMessage([0, 2, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0], id: 1) == nil)
        #expect(DNSMessage([0, 1, 0x81, 0x83, 0, 0, 0, 0, 0, 0, 0, 0], id: 1)?.codeName == "NXDOMAIN")
        #expect(DNSMessage.question(String(repeating: "x", count: 64) + ".test", .a, id: 1) == nil)
        #expect(DNSMessage.reverse("192.0.2.1") == "1.2.0.192.in-addr.arpa")
        #expect(DNSMessage.reverse("2001:db8::1") == "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")
        #expect(DNSMessage.reverse("host.test") == nil)
    }
}
