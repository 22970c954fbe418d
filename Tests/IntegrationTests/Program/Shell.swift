import Foundation

/// Programs that tests ask beside `matrix`.
enum Shell {
    /// Runs a program to its end and returns its status and standard output.
    @discardableResult
    static func run(_ arguments: String...) throws -> (status: Int32, output: String) { try run(arguments) }

    /// The same with the arguments in a list.
    @discardableResult
    static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.standardError
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
