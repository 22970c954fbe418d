/// A tar archive for tests.
struct Archive {
    private(set) var bytes: [UInt8] = []

    /// Adds a file.
    mutating func add(_ name: String, _ content: some Collection<UInt8>) { add(name, type: "0", content) }
    mutating func add(_ name: String, _ content: String) { add(name, Array(content.utf8)) }

    /// Adds an entry of any type.
    ///
    /// - Parameters:
    ///   - size: what the header says; nil for the truth.
    ///   - prefix: the beginning of the name, as ustar has it.
    mutating func add(_ name: String, type: Character, _ content: some Collection<UInt8>, size: String? = nil, prefix: String = "") {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: some Collection<UInt8>, _ place: Int) { header.replaceSubrange(place..<place + text.count, with: text) }
        put(name.utf8.prefix(100), 0)
        let octal = String(content.count, radix: 8)
        put((size ?? String(repeating: "0", count: 11 - octal.count) + octal).utf8, 124)
        put(String(type).utf8, 156)
        put("ustar\0".utf8, 257)
        put("00".utf8, 263)
        put(prefix.utf8.prefix(155), 345)
        put("        ".utf8, 148)
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        put((String(repeating: "0", count: 6 - sum.count) + sum + "\0 ").utf8, 148)
        bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    /// Ends it; another may follow.
    mutating func end() { bytes += [UInt8](repeating: 0, count: 1024) }
}
