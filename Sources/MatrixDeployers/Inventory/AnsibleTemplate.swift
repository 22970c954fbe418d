/// Texts for Ansible, which reads every variable as a template.
enum AnsibleTemplate {
    /// A variable's text that Ansible renders to exactly `text`.
    static func literal(_ text: String) -> String {
        guard text.contains("{") else { return text }
        var written = ""
        var rest = Substring(text)
        while let mark = rest.firstMatch(of: /\{[{%#]/) {
            written += rest[..<mark.range.lowerBound] + "{{ '\(mark.output)' }}"
            rest = rest[mark.range.upperBound...]
        }
        return written + rest
    }
}
