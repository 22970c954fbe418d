internal import MatrixCore

/// The script that copies all items into one folder of a host, which the login account can read.
enum CollectScript {
    /// The size limit of one path, in bytes.
    static let limit = 50 << 20

    /// Prints the folder's path as its first line, then `WORD NUMBER` for each item: `ok`, `missing`, `large`, `cut`, or `full` if the
    /// host has no room for the copy.
    ///
    /// What is cut begins with a whole line: half a secret at its beginning would not be recognised.
    /// - Parameter user: the account that fetches the copies.
    static func text(_ items: [CollectItem], since: Timestamp, user: String) -> String {
        let copies = items.enumerated().map { index, item in
            switch item {
            case .path(let path): "path \(index) \(ShellQuoting.quote(path))"
            case .journal(let unit): "journal \(index) \(ShellQuoting.quote(unit))"
            }
        }
        let began = Int(nearest: since.seconds.rounded(.down))
        return """
            umask 077
            stage=$(mktemp -d /tmp/solti-collect.XXXXXX) || exit 1
            printf '%s\\n' "$stage"
            path() {
              [ -e "$2" ] || { echo "missing $1"; return; }
              size=$(du -skH "$2" 2>/dev/null | cut -f1)
              if [ "${size:-0}" -gt \(limit >> 10) ]; then
                [ -f "$2" ] || { echo "large $1"; return; }
                tail -c \(limit) "$2" | sed 1d 2>/dev/null >"$stage/$1" && echo "cut $1" || full $1
                return
              fi
              complaint=$(LC_ALL=C cp -RH "$2" "$stage/$1" 2>&1)
              case $complaint in *"No space left"*|*"Disk quota"*) full $1 ;; *) echo "ok $1" ;; esac
            }
            full() { rm -rf "$stage/$1"; echo "full $1"; }
            journal() {
              journalctl --no-pager --quiet --output=short-iso --unit="$2" --since=@\(began) 2>/dev/null |
                tail -c \(limit) 2>/dev/null >"$stage/$1" || { full $1; return; }
              [ "$(wc -c <"$stage/$1")" -lt \(limit) ] || sed -i 1d "$stage/$1"
              [ -s "$stage/$1" ] && echo "ok $1" || { rm -f "$stage/$1"; echo "missing $1"; }
            }
            \(copies.joined(separator: "\n"))
            find "$stage" ! -type f ! -type d -exec rm -f {} +
            chown -R \(ShellQuoting.quote(user)) "$stage"
            exit 0

            """
    }

    /// Reads what the script printed: the folder, and a word for each item.
    static func read(_ output: String) -> (stage: String, words: [Int: String])? {
        let lines = output.split(whereSeparator: \.isNewline).map(String.init)
        guard let stage = lines.first, stage.hasPrefix("/tmp/solti-collect.") else { return nil }
        let pairs = lines.dropFirst().compactMap { line -> (Int, String)? in
            let parts = line.split(separator: " ")
            return parts.count == 2 ? Int(parts[1]).map { ($0, String(parts[0])) } : nil
        }
        return (stage, Dictionary(pairs) { _, last in last })
    }
}
