extension String {
    /// This text without surrounding white space.
    var stripped: String {
        let body = drop(while: \.isWhitespace)
        return String(body.prefix(body.count - body.reversed().prefix(while: \.isWhitespace).count))
    }

    /// This text, or nil if it is empty.
    var unlessEmpty: String? { isEmpty ? nil : self }
}
