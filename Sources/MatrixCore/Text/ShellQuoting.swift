/// POSIX shell quoting, for commands that people paste and that `ssh` hands to a remote shell.
public enum ShellQuoting {
    /// One word that `sh` reads back as `text`.
    public static func quote(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    /// A command line that `sh` splits into exactly these words.
    public static func join(_ words: [String]) -> String {
        // The shell would read a first word with an equals sign as an assignment.
        guard let program = words.first, program.utf8.contains(UInt8(ascii: "=")) else { return words.map(quote).joined(separator: " ") }
        return ([quoted(program)] + words.dropFirst().map(quote)).joined(separator: " ")
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch UInt8(byte) {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "="),
                    UInt8(ascii: ","), UInt8(ascii: "@"), UInt8(ascii: "%"), UInt8(ascii: "+"):
                    true
                default: false
                }
            }
    }

    private static func quoted(_ text: String) -> String {
        // By scalars: for Swift an apostrophe with a combining mark is another character; for the shell it is still an apostrophe.
        var scalars = String.UnicodeScalarView("'".unicodeScalars)
        for scalar in text.unicodeScalars {
            if scalar == "'" { scalars.append(contentsOf: "'\\''".unicodeScalars) } else { scalars.append(scalar) }
        }
        return String(scalars) + "'"
    }
}
