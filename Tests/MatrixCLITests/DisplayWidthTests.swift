import Testing

@testable import MatrixCLI

/// How many columns a text takes, and cuts that never take more than they may.
@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("debian12", 8), ("", 0), ("✓✗!■–·▸…", 8), ("東京", 4), ("한국", 4), ("ｆｕｌｌ", 8), ("é", 1), ("e\u{301}", 1), ("🚀", 2),
        ("⚠\u{fe0f}", 2), ("a\u{200b}b", 2),
    ])
    func columns(text: String, columns: Int) {
        #expect(text.columns == columns)
    }

    @Test("A sequence that some terminals draw as one picture is counted as several, so that it never wraps")
    func families() {
        #expect("👩‍💻".columns >= 2 && "🇩🇪".columns >= 2)
    }

    @Test(arguments: ["ubuntu2404-proxmox-lab-influxdb3-telegraf", "東京-podman-東京", "👩‍💻👩‍💻👩‍💻 builds 🚀", ""])
    func aCutNeverTakesMore(text: String) {
        for width in 0...50 {
            #expect(text.cut(to: width).columns <= width)
            #expect(text.cutInside(to: width).columns <= width)
            #expect(text.padding(to: width).columns >= width)
        }
    }

    @Test func aCutIsSeen() {
        #expect("debian12-podman".cut(to: 8) == "debian1…")
        #expect("debian12-podman".cutInside(to: 9) == "debi…dman")
        #expect("東京-podman".cut(to: 4) == "東…")
        #expect("debian12".cut(to: 8) == "debian12")
        #expect("a\n\tb  c".onOneLine == "a b c")
        #expect("東京".padding(to: 6) == "東京  ")
    }
}
