import MatrixCore

/// A line of the passwd or group database.
struct AccountEntry {
    let fields: [String]

    /// Nil if the line belongs to another name: `getent` also finds entries by number.
    init?(_ line: Substring, named name: String, fields count: Int) {
        fields = line.parts(at: ":", omittingEmptySubsequences: false).map(String.init)
        guard fields.count >= count, fields[0].isSame(as: name) else { return nil }
    }

    func number(_ index: Int) -> HostValue { Int(fields[index]).map { .int($0) } ?? .printed(fields[index]) }

    /// Prints the entry's line, or an empty one.
    static func script(database: String, name: String) -> String {
        """
        name=\(ShellQuoting.quote(name))
        if command -v getent >/dev/null; then
          entry=$(getent \(database) "$name")
          case $? in 0 | 2) ;; *) fail "getent \(database) ended with status $?" ;; esac
        else
          entry=$(while IFS= read -r line; do case $line in "$name":*) echo "$line" ;; esac; done </etc/\(database))
        fi
        echo "$entry" | head -n 1

        """
    }
}
