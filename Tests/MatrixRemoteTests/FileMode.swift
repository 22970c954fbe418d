import Foundation

/// The permission bits of a file; 0 if there is none.
func mode(of path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int ?? 0
}
