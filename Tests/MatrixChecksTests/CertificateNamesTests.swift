import Testing

@testable import MatrixChecks

/// Which names a certificate is for.
@Suite struct CertificateNamesTests {
    @Test func wildcardsStandForOneLabel() {
        #expect(CertificateObserver.fits("a.example.org", "*.example.org"))
        #expect(CertificateObserver.fits("A.example.org", "a.EXAMPLE.org"))
        for (name, pattern) in [
            ("a.b.example.org", "*.example.org"), ("example.org", "*.example.org"), ("a.org", "*.org"),
            ("ab.example.org", "a*.example.org"), ("", ""), ("k.example.org", "\u{212a}.example.org"),
        ] {
            #expect(!CertificateObserver.fits(name, pattern))
        }
    }
}
