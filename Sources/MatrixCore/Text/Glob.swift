/// Shell-style patterns over names: `*` any run of characters, `?` one; nothing else is special.
public enum Glob {
    /// Whether the whole `name` matches `pattern`.
    public static func matches(_ pattern: String, _ name: String) -> Bool {
        var pattern = Array(pattern)[...]
        var name = Array(name)[...]
        var retry: (pattern: ArraySlice<Character>, name: ArraySlice<Character>)?
        while !name.isEmpty {
            if pattern.first == "*" {
                pattern = pattern.dropFirst()
                retry = (pattern, name)
            } else if let expected = pattern.first, expected == "?" || expected == name.first {
                pattern = pattern.dropFirst()
                name = name.dropFirst()
            } else if let last = retry {
                pattern = last.pattern
                name = last.name.dropFirst()
                retry = (pattern, name)
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == "*" }
    }
}
