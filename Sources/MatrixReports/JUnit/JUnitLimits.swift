/// How long the texts of `junit.xml` may be, in characters.
enum JUnitLimits {
    /// Names; `label` of the schema.
    static let label = 255
    /// `message` attributes.
    static let message = 1000
    /// One text of a case. Jenkins keeps 100,000 characters of a failure.
    static let text = 32_768
    /// All texts together: GitLab drops a report of more than 30 MiB.
    static let allTexts = 16_000_000
    /// One text after ``allTexts`` is used up.
    static let textBeyond = 400
    /// Attempts of one case.
    static let attempts = 10
}
