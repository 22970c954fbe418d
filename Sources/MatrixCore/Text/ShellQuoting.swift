/// POSIX shell quoting, for commands that people paste and that `ssh` hands to a remote shell.
public enum ShellQuoting {
    /// One word that `sh` reads back as `text`.
    public static func quote(_ text: String) -> String {
        let safe = text.utf8.allSatisfy { byte in
            switch UInt8(byte) {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "="),
                UInt8(ascii: ","), UInt8(ascii: "@"), UInt8(ascii: "%"), UInt8(ascii: "+"):
                true
            default: false
            }
        }
        if safe, !text.isEmpty { return text }
        return "'" + text.replacing("'", with: "'\\''") + "'"
    }

    /// A command line that `sh` splits into exactly these words.
    public static func join(_ words: [String]) -> String {
        words.map(quote).joined(separator: " ")
    }
}
