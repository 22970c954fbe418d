extension CaseResult {
    /// The detail without what the message has said already, for places that show both; nil if nothing more is said.
    public var furtherDetail: String? {
        guard let detail else { return nil }
        guard let message, !message.isEmpty else { return detail.isEmpty ? nil : detail }
        var rest = Substring(detail)
        if rest.hasPrefix(message) {
            rest = rest.dropFirst(message.count)
            // A longer sentence begins like the message: it stays whole.
            guard rest.isEmpty || rest.first?.isNewline == true || rest.hasPrefix("; ") else { return detail }
            if rest.hasPrefix("; ") { rest = "next: " + rest.dropFirst(2) }
        }
        let text = rest.drop(while: \.isNewline)
        return text.isEmpty ? nil : String(text)
    }
}
