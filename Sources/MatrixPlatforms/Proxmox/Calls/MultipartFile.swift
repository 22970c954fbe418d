internal import Foundation

/// A file and some fields as the body of an upload, read piece by piece.
///
/// The server reads the body as it comes, with patterns: the fields must stand before the file, in the order that it looks for them, and
/// the file's headers must arrive in one piece.
struct MultipartFile: AsyncSequence, Sendable {
    private let path: String
    private let head: [UInt8]
    private let tail: [UInt8]
    /// The bytes of the whole body.
    let length: Int
    private let boundary: String

    /// The value of the header `Content-Type`.
    var type: String { "multipart/form-data; boundary=\(boundary)" }

    /// - Throws: if the file's size cannot be read.
    init(_ path: String, named name: String, fields: [(name: String, value: String)], boundary: String = "matrix-\(UUID().uuidString)")
        throws
    {
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        let parts = fields.map { "--\(boundary)\r\nContent-Disposition: form-data; name=\"\($0.name)\"\r\n\r\n\($0.value)\r\n" }
        let file =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"filename\"; filename=\"\(name)\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n"
        self.path = path
        self.boundary = boundary
        head = Array((parts.joined() + file).utf8)
        tail = Array("\r\n--\(boundary)--\r\n".utf8)
        length = head.count + size + tail.count
    }

    func makeAsyncIterator() -> Iterator { Iterator(path: path, head: head, tail: tail) }

    struct Iterator: AsyncIteratorProtocol {
        private static let piece = 1 << 20

        let path: String
        var head: [UInt8]?
        var tail: [UInt8]?
        private var file: FileHandle?

        init(path: String, head: [UInt8], tail: [UInt8]) {
            self.path = path
            self.head = head
            self.tail = tail
        }

        mutating func next() async throws -> [UInt8]? {
            if let head {
                self.head = nil
                file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
                return head
            }
            if let file {
                if let data = try file.read(upToCount: Self.piece), !data.isEmpty { return Array(data) }
                self.file = nil
                try file.close()
            }
            defer { tail = nil }
            return tail
        }
    }
}
