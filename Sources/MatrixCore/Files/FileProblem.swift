internal import Foundation

/// Why something could not be done with a file, in the words of the system: Foundation's say less ("The operation could not be completed").
public enum FileProblem {
    /// `permission denied`, `no such file or directory`, ….
    public static func words(_ error: any Error) -> String {
        let error = error as NSError
        if let number = systemNumber(of: error) { return String(cString: strerror(number)).lowercased() }
        if error.domain == NSCocoaErrorDomain, let words = cocoa[error.code] { return words }
        let text = error.localizedDescription
        return text.hasPrefix("The operation could not be completed") ? "the system reports error \(error.code) of \(error.domain)" : text
    }

    /// An error as a person reads it: one of Foundation's as its file and the system's words, any other as it is.
    public static func description(of error: any Error) -> String {
        guard let problem = error as? CocoaError else { return "\(error)" }
        return [problem.filePath, words(problem)].compactMap(\.self).joined(separator: ": ")
    }

    /// The number of the failed system call, which an error of Foundation carries inside.
    private static func systemNumber(of error: NSError) -> Int32? {
        if error.domain == NSPOSIXErrorDomain { return Int32(exactly: error.code) }
        return (error.userInfo[NSUnderlyingErrorKey] as? NSError).flatMap(systemNumber)
    }

    /// Foundation's numbers, for errors that carry nothing inside.
    private static let cocoa: [Int: String] = [
        4: "no such file or directory", 260: "no such file or directory", 257: "permission denied", 513: "permission denied",
        516: "file exists", 518: "the name cannot be used", 640: "no space left on device", 642: "read-only file system",
    ]
}
