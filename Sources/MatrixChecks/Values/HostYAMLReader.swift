import MatrixCore
internal import MatrixYAML

/// Reads YAML that hosts show.
enum HostYAMLReader {
    /// The value of a text; several documents are a list. Nil if it is not YAML, repeats a key, is empty, or expands to too many values.
    ///
    /// Scalars are read as in a matrix file: `1.10` and `0644` stay texts.
    static func value(of text: String) -> Value? {
        let (documents, problems) = YAMLReader(acceptsTags: true).documents(in: text)
        guard problems.isEmpty, let first = documents.first else { return nil }
        return documents.count == 1 ? first.value : .list(documents.map(\.value))
    }
}
