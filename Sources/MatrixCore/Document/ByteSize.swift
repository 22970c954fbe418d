/// Sizes in bytes as people write them.
public enum ByteSize {
    private static let units: [String: Int] = [
        "": 1, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
        "TiB": 1 << 40,
        "kB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
    ]

    /// 1 EiB: sizes of some hosts can be added up.
    private static let largest = 1 << 60

    /// Reads `8GiB`, `512M`, `20GB` or a bare number of bytes, up to 1 EiB.
    public static func parse(_ text: String) -> Int? {
        let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let unit = text.dropFirst(number.count).drop { $0 == " " }
        guard let amount = Double(number), let factor = units[String(unit)] else { return nil }
        let bytes = amount * Double(factor)
        guard bytes <= Double(largest) else { return nil }
        return Int(nearest: bytes.rounded(.down))
    }

    /// How a person reads it: `812 B`, `4.2 MiB`.
    public static func brief(_ bytes: Int) -> String {
        let names = ["KiB", "MiB", "GiB", "TiB"]
        guard bytes >= 1024 else { return "\(bytes) B" }
        var amount = Double(bytes) / 1024
        var index = 0
        // What rounds up to 1024 is one of the next unit.
        while amount >= 1023.95, index < names.count - 1 {
            amount /= 1024
            index += 1
        }
        return "\((amount * 10).rounded() / 10) \(names[index])"
    }
}
