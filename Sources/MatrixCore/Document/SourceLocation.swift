/// A position in a file, as compilers print it; lines and columns count from one.
public struct SourceLocation: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The path as the user gave it: absolute, or relative to the working folder.
    public var file: String
    /// The line, from one.
    public var line: Int
    /// The column in characters, from one.
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`.
    public var description: String { "\(file):\(line):\(column)" }
}
