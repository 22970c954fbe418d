internal import Foundation

/// The project's folder, for the files that tests and fakes read.
public enum Repository {
    /// Its path, without a slash at the end.
    public static let root: String = {
        // Sources/MatrixTesting/Repository.swift
        (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }.path
    }()

    /// The path of a file in it.
    public static func path(_ relative: String) -> String { "\(root)/\(relative)" }
}
