import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixDeployers

/// What a host sends for a `collect` step, honest or not, and what is in the report then.
@Suite struct CollectTests {
    private static let secret = "cmdSECRET-0123456789abcdef"

    private struct Outcome {
        var detail: String
        /// The files below the host's artifacts, with their contents.
        var files: [String: String]
    }

    /// Runs a step on a host that answers each item's script with these bytes.
    private func collect(_ answers: [(path: String, bytes: [UInt8])], error: String = "") async throws -> Outcome {
        let box = try Sandbox()
        let transport = ScriptedTransport()
        for (path, bytes) in answers {
            transport.answer { command in
                guard String(decoding: command.input ?? [], as: UTF8.self).contains("p=\(ShellQuoting.quote(path))\n") else { return nil }
                return CommandResult(exitStatus: 0, standardOutput: bytes, standardError: Array(error.utf8))
            }
        }
        let context = box.context(transport: transport, secrets: ["token": Self.secret])
        let cases = try await box.run(box.step("collect", .list(answers.map { .string($0.path) }), name: "collect"), in: context)
        #expect(cases.map(\.outcome) == [.passed])
        #expect(FileSystem.names(in: "\(box.path)/scratch").isEmpty)
        let below = "\(box.path)/artifacts/debian12-podman"
        let files = FileSystem.files(below: below).map { ($0, FileSystem.text(of: "\(below)/\($0)") ?? "") }
        return Outcome(detail: cases.first?.detail ?? "", files: Dictionary(files) { $1 })
    }

    private func file(_ content: [UInt8], size: Int? = nil) -> [UInt8] { Array("file \(size ?? content.count)\n".utf8) + content }

    @Test func `Files are copied without secrets, and one that is left out does not stop the others`() async throws {
        let outcome = try await collect([
            ("/srv/text", file(Array("a \(Self.secret)\nb\n".utf8))), ("/srv/binary", file(Array("bin\0\(Self.secret)\n".utf8))),
            ("/srv/clean", file([0, 0xff, 1])), ("/srv/empty", file([])), ("/srv/none", Array("missing\n".utf8)),
            ("/dev/null", Array("other\n".utf8)), ("/srv/silent", []), ("/srv/odd", Array("hello\n".utf8)),
            ("/srv/wrapped", file(Array("Y21kU0VDUkVULTAx\nMjM0NTY3ODlhYmNk\nZWY=\n".utf8))),
        ])
        #expect(
            outcome.files == [
                "srv/text": "a [redacted]\nb\n", "srv/clean": "\0\u{fffd}\u{1}", "srv/empty": "", "srv/wrapped": "[redacted]\n",
            ])
        #expect(
            outcome.detail.split(separator: "\n").map { $0.replacing("artifacts/debian12-podman/debian12-podman", with: "A") } == [
                "host: /srv/text: A/srv/text", "host: /srv/binary: left out: it is binary and holds a secret",
                "host: /srv/clean: A/srv/clean", "host: /srv/empty: A/srv/empty", "host: /srv/none: not there",
                "host: /dev/null: left out: it is neither a file nor a folder", "host: /srv/silent: left out: the host sent nothing of it",
                "host: /srv/odd: left out: the host's answer cannot be read", "host: /srv/wrapped: A/srv/wrapped",
            ])
    }

    @Test func `Of a large file the end is kept, from its first whole line on`() async throws {
        let size = CollectScript.limit + 5
        let outcome = try await collect([
            ("/srv/log", file(Array("ET-0123456789abcdef\nwhole\n".utf8), size: size)),
            ("/srv/sparse", file([UInt8](repeating: 0, count: 300_000), size: size)),
        ])
        #expect(outcome.files == ["srv/log": "whole\n"])
        #expect(outcome.detail.contains("srv/log (the last 50.0 MiB)"))
        #expect(outcome.detail.contains("host: /srv/sparse: left out: its end has no line that is whole"))
    }

    @Test func `Names without secrets, that lead nowhere else and stay different`() async throws {
        var archive = Archive()
        archive.add("./\(Self.secret)/f-\(Self.secret).txt", "one")
        archive.add("./f-\(Self.secret)", "two")
        archive.add("./f-\(Data(Self.secret.utf8).base64EncodedString())", "three")
        archive.add("/../../etc/passwd", "four")
        archive.add("./a\nb\u{1b}[2Jc", "five")
        archive.add("./binary", "\0\(Self.secret)")
        archive.end()
        let outcome = try await collect([("/srv/d", Array("folder\n\n".utf8) + archive.bytes)])
        #expect(
            outcome.files == [
                "srv/d/[redacted]/f-[redacted].txt": "one", "srv/d/f-[redacted]": "two", "srv/d/f-[redacted]-2": "three",
                "srv/d/etc/passwd": "four", "srv/d/a_bc": "five",
            ])
        #expect(outcome.detail.hasSuffix("srv/d (1 binary files that hold a secret left out)"), "\(outcome.detail)")
    }

    @Test func `A folder's files that are too large or too many are named and counted`() async throws {
        var archive = Archive()
        archive.add("./small", "s")
        archive.add("./2", [UInt8](repeating: 0x61, count: 100_000))
        archive.add("./1", type: "0", [], size: String(CollectScript.limit, radix: 8))
        let head = "folder\nlarge 3221225472 ./sparse file\nspecial 2\n\n"
        let outcome = try await collect([("/srv/d", Array(head.utf8) + archive.bytes)], error: "tar: ./x: Permission denied\n")
        #expect(Set(outcome.files.keys) == ["srv/d/small", "srv/d/2"])
        #expect(
            outcome.detail.hasSuffix(
                "(larger than 50.0 MiB and left out: sparse file (3.0 GiB); 2 links, pipes, sockets or devices left out; "
                    + "1 file left out: of a folder at most 50.0 MiB in 10000 "
                    + "files are copied; the rest left out: the host's archive broke off); tar: ./x: Permission denied"),
            "\(outcome.detail)")
    }

    /// A file and a folder of one name are no names of a real folder.
    @Test func `A copy that cannot be written does not stop the others`() async throws {
        var archive = Archive()
        archive.add("./a", "one")
        archive.add("./a/b", "two")
        archive.add("./c", "three")
        archive.end()
        let outcome = try await collect([("/srv/d", Array("folder\n\n".utf8) + archive.bytes)])
        #expect(outcome.files == ["srv/d/a": "one", "srv/d/c": "three"])
        #expect(outcome.detail.contains("a/b left out: "))
    }

    @Test func `A path with a secret of the matrix file is no name in the report; other paths stay as they are`() async throws {
        let box = try Sandbox()
        let transport = ScriptedTransport()
        transport.answer { _ in CommandResult(exitStatus: 0, standardOutput: Array("file 1\nx".utf8)) }
        let context = box.context(transport: transport, secrets: ["token": "grafana"])
        let step = box.step("collect", ["/srv/${secrets.token}/a", "/etc/grafana/b"], name: "collect")
        _ = try await box.run(step, in: context)
        let files = FileSystem.files(below: "\(box.path)/artifacts/debian12-podman")
        #expect(files == ["etc/grafana/b", "srv/[redacted]/a"])
    }
}
