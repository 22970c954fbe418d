internal import MatrixWeb

extension WebReply {
    /// The title of a web page that came instead of a reply; nil if it is none.
    var page: String? {
        guard (headers["content-type"] ?? "").contains("html") || text.stripped.hasPrefix("<") else { return nil }
        let title = text.prefix(4096).firstMatch(of: /<(?:title|h1)[^>]*>([^<]+)</.ignoresCase()).map { String($0.output.1).stripped }
        return "a web page" + (title.map { " (\($0))" } ?? "")
    }
}
