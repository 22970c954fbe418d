import CVersion

/// The version of this program.
enum Version {
    static let text = "0.1.0"
    /// The commit that it was built from, where the build was told (`SOLTI_COMMIT`; install.sh does); `-dirty` behind it where files had changed.
    static let commit = String(cString: solti_commit())
    /// `0.1.0 (1f2e3d4c5b6a)`.
    static let full = commit.isEmpty ? text : "\(text) (\(commit))"
}
