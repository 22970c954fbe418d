import Foundation
import MatrixCore
import Testing

/// The system's words, never Foundation's "The operation could not be completed".
@Suite struct FileProblemTests {
    @Test func aFolderThatCannotBeMadeSaysWhy() {
        #expect(
            words { try FileManager.default.createDirectory(atPath: "/proc/x", withIntermediateDirectories: true) }
                == "no such file or directory")
        #expect(words { _ = try Data(contentsOf: URL(fileURLWithPath: "/nonexistent/file")) } == "no such file or directory")
        #expect(words { _ = try FileManager.default.contentsOfDirectory(atPath: "/nonexistent") } == "no such file or directory")
    }

    @Test func anErrorOfAFileNamesIt() {
        do { _ = try FileManager.default.contentsOfDirectory(atPath: "/nonexistent") } catch {
            #expect(FileProblem.description(of: error) == "/nonexistent: no such file or directory")
        }
        #expect(FileProblem.description(of: CancellationError()) == "CancellationError()")
    }

    @Test func anUnknownErrorHasItsNumber() {
        #expect(FileProblem.words(NSError(domain: "x.y", code: 7)) == "the system reports error 7 of x.y")
    }

    private func words(_ work: () throws -> Void) -> String {
        do { try work() } catch { return FileProblem.words(error) }
        return "it worked"
    }
}
