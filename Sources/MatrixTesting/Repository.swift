internal import Foundation

/// The project's own folder, for the files in it that tests and fakes read.
public enum Repository {
    /// Its path, without a slash at the end.
    public static let root: String = {
        // Sources/MatrixTesting/Repository.swift
        (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }.path
    }()

    /// The path of something in it.
    public static func path(_ relative: String) -> String { "\(root)/\(relative)" }
}
