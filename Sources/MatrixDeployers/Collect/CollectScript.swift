internal import MatrixCore

/// The script that prints one item of a host, without a copy there: its disk may be full.
enum CollectScript {
    /// The most that is copied of one item, in bytes.
    static let limit = 50 << 20
    /// The most files that are copied of a folder.
    static let longestList = 10_000
    /// The most of an archive: it also has names, and its files are padded.
    static let longestArchive = 2 * limit
    /// The most that is taken of what a host sends for one item.
    static let longestAnswer = longestArchive + (1 << 20)
    /// Smaller files of a folder come first, so that a few large ones do not take their room.
    private static let small = 1 << 20

    /// Prints a line that says what the item is, and its content:
    ///
    /// - `file SIZE`, then its last bytes
    /// - `folder`, then `large SIZE NAME` for files that are larger than the limit, `special N` for links, pipes, sockets and devices, an
    ///   empty line, and tar archives of the others
    /// - `journal`, then its last bytes
    /// - `missing` or `other`
    ///
    /// Sizes are what a file says of itself, not what it takes on the disk: a sparse file is sent with all its zeros. The host may lie:
    /// what arrives here is limited again.
    static func text(_ item: CollectItem, since: Timestamp) -> String {
        switch item {
        case .path(let path): file(ShellQuoting.quote(path))
        case .journal(let unit): journal(ShellQuoting.quote(unit), since: Int(nearest: since.seconds.rounded(.down)))
        }
    }

    private static func file(_ path: String) -> String {
        """
        p=\(path)
        if [ -f "$p" ]; then
          size=$(wc -c <"$p") || exit 1
          echo "file $((size))"
          tail -c \(limit) "$p" | head -c \(limit)
        elif [ -d "$p" ]; then
          cd "$p" || exit 1
          echo folder
          find . -type f -size +\(limit)c -exec sh -c '
            for f; do printf "large %s %s\\n" "$(wc -c <"$f")" "$(printf %s "$f" | tr "\\n" "?")"; done' sh {} + | head -n 20
          echo "special $(($(find . ! -type f ! -type d | tr -dc "\\n" | wc -c)))"
          echo
          {
            find . -type f -size -\(small)c -exec tar -cf - -- {} +
            find . -type f ! -size -\(small)c ! -size +\(limit)c -exec tar -cf - -- {} +
          } | head -c \(longestArchive)
        elif [ -e "$p" ]; then
          echo other
        else
          echo missing
        fi
        exit 0

        """
    }

    private static func journal(_ unit: String, since: Int) -> String {
        """
        echo journal
        journalctl --no-pager --quiet --output=short-iso --unit=\(unit) --since=@\(since) 2>/dev/null | tail -c \(limit)
        exit 0

        """
    }
}
