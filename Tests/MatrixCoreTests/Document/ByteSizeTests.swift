import MatrixCore
import Testing

@Suite struct ByteSizeTests {
    @Test(arguments: [
        ("0", 0), ("512", 512), ("512B", 512), ("512M", 512 << 20), ("8GiB", 8 << 30), ("8 GiB", 8 << 30), ("20GB", 20_000_000_000),
        ("1.5K", 1536),
        ("1kB", 1000), ("2T", 2 << 40), ("1048576TiB", 1 << 60),
    ])
    func isRead(text: String, bytes: Int) {
        #expect(ByteSize.parse(text) == bytes)
    }

    @Test(arguments: ["", "GiB", "-1G", "8gib", "8 G B", "1e3", "1.2.3M", "999999999999T", "1048577TiB", "5 apples"])
    func isRefused(text: String) {
        #expect(ByteSize.parse(text) == nil)
    }

    @Test(arguments: [
        (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (4_404_019, "4.2 MiB"), (1_048_575, "1.0 MiB"), (5 << 40, "5.0 TiB"),
        (5 << 50, "5120.0 TiB"),
    ])
    func isPrinted(bytes: Int, text: String) {
        #expect(ByteSize.brief(bytes) == text)
    }
}
