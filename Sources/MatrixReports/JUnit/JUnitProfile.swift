/// Which of the dialect's attributes `junit.xml` holds.
public enum JUnitProfile: String, Sendable, CaseIterable {
    /// Everything: what Jenkins, GitLab, Azure DevOps, Buildkite, CircleCI and the GitHub actions read.
    case rich
    /// Only what Jenkins' schema allows, for consumers that validate against it.
    case strict
}
