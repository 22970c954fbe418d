import Foundation
import MatrixTesting
import Testing

@testable import MatrixDeployers

@Suite struct TarReaderTests {
    /// Names and contents, and whether the archive is broken.
    private func read(_ bytes: [UInt8]) throws -> (files: [String], isBroken: Bool) {
        let folder = try TemporaryFolder()
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder.path)/a.tar"))
        var reader = TarReader(try #require(PieceReader("\(folder.path)/a.tar")))
        var files: [String] = []
        while let entry = reader.next() {
            var content: [UInt8] = []
            while let piece = reader.content() { content += piece }
            files.append("\(entry.name)=\(content.count > 20 ? "\(content.count) bytes" : String(decoding: content, as: UTF8.self))")
        }
        return (files, reader.isBroken)
    }

    @Test func `Archives that follow each other are one`() throws {
        var archive = Archive()
        archive.add("./a", "one")
        archive.add("./folder/", type: "5", [])
        archive.add("./large", [UInt8](repeating: 7, count: 200_001))
        archive.add("./link", type: "2", [])
        archive.end()
        archive.add("./b", "")
        archive.add("c", type: "0", Array("x".utf8), prefix: "./deep/er")
        archive.end()
        let (files, isBroken) = try read(archive.bytes)
        #expect(files == ["./a=one", "./large=200001 bytes", "./b=", "./deep/er/c=x"] && !isBroken)
    }

    @Test func `Long names of GNU and of POSIX`() throws {
        let long = "./" + String(repeating: "ä", count: 200)
        let text = " path=\(long)\n"
        let record = "\(text.utf8.count + 3)\(text)"
        var archive = Archive()
        archive.add("././@LongLink", type: "L", Array("\(long)\0".utf8))
        archive.add("cut", "gnu")
        archive.add("PaxHeaders", type: "x", Array(record.utf8))
        archive.add("cut", "pax")
        archive.add("./short", "s")
        archive.end()
        let (files, isBroken) = try read(archive.bytes)
        #expect(files == ["\(long)=gnu", "\(long)=pax", "./short=s"] && !isBroken)
    }

    @Test func `What breaks off or lies ends the archive`() throws {
        var archive = Archive()
        archive.add("a", "one")
        archive.add("b", [UInt8](repeating: 1, count: 2000))
        #expect(try read(Array(archive.bytes.dropLast(1000))).isBroken)
        // Without its end.
        #expect(try read(archive.bytes).isBroken)
        #expect(try read(Array(archive.bytes.prefix(700))).files == ["a=one"])
        #expect(try read(Array("no archive at all ".utf8) + archive.bytes).isBroken)
        #expect(try read([]).files.isEmpty)
        for size in ["77777777777", "99999999999", "-0000000001", "\u{1}\u{2}\u{3}\u{4}5678901"] {
            var hostile = Archive()
            hostile.add("a", type: "0", Array("one".utf8), size: size)
            #expect(try read(hostile.bytes).isBroken, "\(size)")
        }
        var endless = Archive()
        endless.add("././@LongLink", type: "L", [], size: "77777777777")
        #expect(try read(endless.bytes).isBroken)
    }
}
