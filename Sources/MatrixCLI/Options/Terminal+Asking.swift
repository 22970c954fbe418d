import Foundation
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

extension Terminal {
    /// Whether there is a person who can answer.
    static var asks: Bool { isInteractive && isatty(0) == 1 }

    /// The answer of a person at the terminal; `standard` for an empty one, and if nobody can answer.
    ///
    /// - Parameter value: makes a value of the answer, or throws why it cannot: then the question is asked again.
    static func answer<T>(_ question: String, _ standard: String, _ value: (String) throws -> T) throws -> T {
        guard asks else { return try value(standard) }
        while true {
            write("\(question) [\(standard)]: ", to: .standardError)
            // Without input there is no next answer.
            guard let line = readLine() else { return try value(standard) }
            let answer = line.trimmingCharacters(in: .whitespaces)
            do {
                return try value(answer.isEmpty ? standard : answer)
            } catch {
                Self.error("\(error)")
            }
        }
    }
}

extension Terminal {
    /// Whether standard output is a terminal.
    static var isOutputShown: Bool { isatty(1) == 1 }
}
