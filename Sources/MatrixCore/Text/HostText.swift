/// Texts of hosts and programs, taken by their bytes.
///
/// Swift's own `==`, `contains` and `split` go by what people see as one character: `\r\n` is one, two spellings of `é` are equal, and
/// a letter is not found if an accent follows it.
extension StringProtocol where SubSequence == Substring {
    /// Whether another text has the same bytes.
    public func isSame(as other: some StringProtocol) -> Bool { self[...].utf8.elementsEqual(other.utf8) }

    /// Where the bytes of another text stand first; nil if they do not.
    public func range(ofBytes wanted: some StringProtocol) -> Range<String.Index>? {
        guard let start = Array(self[...].utf8).position(of: Array(wanted.utf8)) else { return nil }
        let lower = utf8.index(startIndex, offsetBy: start)
        return lower..<utf8.index(lower, offsetBy: wanted.utf8.count)
    }

    /// Whether it holds the bytes of another text.
    public func holds(_ wanted: some StringProtocol) -> Bool { Array(self[...].utf8).position(of: Array(wanted.utf8)) != nil }

    /// Whether it begins with the bytes of another text.
    public func begins(with wanted: some StringProtocol) -> Bool { self[...].utf8.starts(with: wanted.utf8) }

    /// What follows the bytes of another text at its beginning; nil if it does not begin with them.
    public func rest(after wanted: some StringProtocol) -> Substring? {
        guard begins(with: wanted) else { return nil }
        return self[utf8.index(startIndex, offsetBy: wanted.utf8.count)...]
    }

    /// Its parts between separators; marks beside those make no difference.
    public func parts(
        at separator: Unicode.Scalar, maxSplits: Int = .max, omittingEmptySubsequences isOmitting: Bool = true
    ) -> [Substring] {
        self[...].unicodeScalars.split(separator: separator, maxSplits: maxSplits, omittingEmptySubsequences: isOmitting)
            .map { self[$0.startIndex..<$0.endIndex] }
    }

    /// Its parts between blanks of any kind.
    public var words: [Substring] {
        self[...].unicodeScalars.split { $0.properties.isWhitespace }.map { self[$0.startIndex..<$0.endIndex] }
    }
}

extension [UInt8] {
    /// Where `wanted` stands first, without going back in either (Knuth, Morris, Pratt).
    fileprivate func position(of wanted: [UInt8]) -> Int? {
        guard !wanted.isEmpty else { return 0 }
        guard wanted.count <= count else { return nil }
        // How much of the beginning of `wanted` ends at each of its bytes.
        var borders = [Int](repeating: 0, count: wanted.count)
        var length = 0
        for index in wanted.indices.dropFirst() {
            while length > 0, wanted[index] != wanted[length] { length = borders[length - 1] }
            if wanted[index] == wanted[length] { length += 1 }
            borders[index] = length
        }
        length = 0
        for index in indices {
            while length > 0, self[index] != wanted[length] { length = borders[length - 1] }
            if self[index] == wanted[length] { length += 1 }
            if length == wanted.count { return index + 1 - length }
        }
        return nil
    }
}
