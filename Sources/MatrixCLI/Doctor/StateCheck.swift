import Foundation
import MatrixCore

/// Checks that the state folder can be used, without creating it.
struct StateCheck {
    let path: String
    /// Less is not enough for a run of several hosts with its logs.
    private static let least = 1 << 30

    func findings() -> [Finding] {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
            return [Finding(.bad, "state folder", "\(path) is not a folder", fix: "name another one with --state DIR or SOLTI_STATE")]
        }
        guard let place = nearest(), FileManager.default.isWritableFile(atPath: place) else {
            return [
                Finding(
                    .bad, "state folder", "\(path) cannot be written",
                    fix: "make it writable for this account, or name another one with --state DIR or SOLTI_STATE")
            ]
        }
        return [Finding(.fine, "state folder", path), room(at: place)]
    }

    /// The folder, or the one in which it would be created.
    private func nearest() -> String? {
        var url = URL(fileURLWithPath: path)
        while !FileManager.default.fileExists(atPath: url.path) {
            guard url.path != "/" else { return nil }
            url.deleteLastPathComponent()
        }
        return url.path
    }

    private func room(at place: String) -> Finding {
        let free = (try? FileManager.default.attributesOfFileSystem(forPath: place)[.systemFreeSize] as? NSNumber)?.intValue
        guard let free else { return Finding(.warning, "disk", "the free space at \(place) is unknown") }
        let text = "\(ByteSize.brief(free)) free at \(place)"
        return free < Self.least
            ? Finding(.warning, "disk", text, fix: "free some space: logs and reports may need more") : Finding(.fine, "disk", text)
    }
}
