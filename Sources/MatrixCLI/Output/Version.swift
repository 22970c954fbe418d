import CVersion

/// The version of this program.
enum Version {
    static let text = "0.1.0"
    /// The commit of the build, if the build was given it (`SOLTI_COMMIT`, which install.sh sets); ends in `-dirty` if files had changed.
    static let commit = String(cString: solti_commit())
    /// `0.1.0 (1f2e3d4c5b6a)`.
    static let full = commit.isEmpty ? text : "\(text) (\(commit))"
}
