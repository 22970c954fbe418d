internal import MatrixCore

/// What a host sent for one item of a `collect` step, and its way into the report.
struct CollectAnswer {
    /// Whose answer cannot be read.
    private struct Malformed: Error {}

    /// The longest line of an answer's head.
    static let longestLine = 8 << 10

    /// The file with the answer.
    let file: String
    /// The item's path in the report's folder of the host, absolute.
    let target: String
    /// The same as the report names it.
    let place: String
    let redactor: Redactor

    /// Copies it into the report.
    ///
    /// - Returns: its place, and which parts were left out and why.
    /// - Throws: `InfrastructureError` if this machine cannot write it.
    func keep() throws -> String {
        FileSystem.remove(target)
        do { return try kept() } catch is Malformed { return "left out: the host's answer cannot be read" }
    }

    private func kept() throws -> String {
        guard var reader = PieceReader(file), let head = reader.line(atMost: Self.longestLine) else {
            return "left out: the host sent nothing of it"
        }
        let words = head.split(separator: " ")
        switch words.first {
        case "missing": return "not there"
        case "other": return "left out: it is neither a file nor a folder"
        case "folder": return try keepFolder(&reader)
        case "file":
            guard let size = words.last.flatMap({ Int($0) }) else { throw Malformed() }
            return try keepFile(&reader, isEnd: size > CollectScript.limit, isCut: content(after: head) >= CollectScript.limit)
        case "journal":
            let size = content(after: head)
            return size == 0 ? "not there" : try keepFile(&reader, isEnd: size >= CollectScript.limit, isCut: size > CollectScript.limit)
        default: throw Malformed()
        }
    }

    /// How many bytes follow the answer's first line.
    private func content(after head: String) -> Int { FileSystem.size(of: file) - head.utf8.count - 1 }

    /// - Parameters:
    ///   - isEnd: whether the beginning is missing.
    ///   - isCut: whether the end may be missing: a log grows while it is read.
    private func keepFile(_ reader: inout PieceReader, isEnd: Bool, isCut: Bool) throws -> String {
        var copy = try CollectedFile(target, isEnd: isEnd, redactor: redactor)
        while let piece = reader.piece() { try copy.write(piece) }
        if let reason = try copy.finish(isCut: isCut) { return "left out: \(reason)" }
        return isEnd ? "\(place) (the last \(ByteSize.brief(CollectScript.limit)))" : place
    }

    private func keepFolder(_ reader: inout PieceReader) throws -> String {
        var remarks = try head(&reader)
        var archive = TarReader(reader)
        var copies = FolderCopies(target, redactor: redactor)
        while let entry = archive.next() { try copies.add(entry, from: &archive) }
        remarks += copies.remarks
        if archive.isBroken {
            let isFull = FileSystem.size(of: file) >= CollectScript.longestArchive
            remarks.append(isFull ? "the rest left out: there are too many files" : "the rest left out: the host's archive broke off")
        }
        let outcome = copies.count > 0 ? place : "no files"
        return remarks.isEmpty ? outcome : "\(outcome) (\(remarks.joined(separator: "; ")))"
    }

    /// Reads the head of a folder's answer: what was not sent.
    private func head(_ reader: inout PieceReader) throws -> [String] {
        var large: [String] = []
        var special = 0
        while true {
            guard let line = reader.line(atMost: Self.longestLine) else { throw Malformed() }
            if line.isEmpty { break }
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count > 1, let size = Int(words[1]) else { throw Malformed() }
            switch words[0] {
            case "large" where words.count == 3:
                large.append("\(words[2].hasPrefix("./") ? words[2].dropFirst(2) : words[2]) (\(ByteSize.brief(size)))")
            case "special": special = size
            default: throw Malformed()
            }
        }
        var remarks: [String] = []
        if !large.isEmpty {
            remarks.append("larger than \(ByteSize.brief(CollectScript.limit)) and left out: \(large.joined(separator: ", "))")
        }
        if special > 0 {
            let kinds = special == 1 ? "1 link, pipe, socket or device" : "\(special) links, pipes, sockets or devices"
            remarks.append("\(kinds) left out")
        }
        return remarks
    }
}

/// Copies of a folder's files.
private struct FolderCopies {
    private let folder: String
    private let redactor: Redactor
    private var names: Set<String> = []
    private var withheld = 0
    private var crowdedOut = 0
    private var unwritten: [String] = []
    /// How many were copied.
    private(set) var count = 0
    private var room = CollectScript.limit

    init(_ folder: String, redactor: Redactor) {
        self.folder = folder
        self.redactor = redactor
    }

    /// What was left out.
    var remarks: [String] {
        var remarks = unwritten
        if withheld > 0 { remarks.append("\(withheld) binary files that hold a secret left out") }
        if crowdedOut > 0 {
            let (size, count) = (ByteSize.brief(CollectScript.limit), CollectScript.longestList)
            let files = crowdedOut == 1 ? "1 file" : "\(crowdedOut) files"
            remarks.append("\(files) left out: of a folder at most \(size) in \(count) files are copied")
        }
        return remarks
    }

    /// Copies the entry that the archive is at. A file that cannot be copied does not stop the others; a full disk does.
    mutating func add(_ entry: TarReader.Entry, from archive: inout TarReader) throws {
        guard entry.size <= room, names.count < CollectScript.longestList else {
            crowdedOut += 1
            return
        }
        let name = newName(for: entry.name)
        var copy: CollectedFile
        do { copy = try CollectedFile("\(folder)/\(name)", redactor: redactor) } catch let error as InfrastructureError {
            unwritten.append("\(name) left out: \(error.why)")
            return
        }
        while let piece = archive.content() { try copy.write(piece) }
        guard !archive.isBroken else { return copy.remove() }
        if try copy.finish() == nil { count += 1 } else { withheld += 1 }
        room -= entry.size
    }

    /// A path below the folder without a secret, which no other copy has.
    private mutating func newName(for path: String) -> String {
        let clean = redactor.redact(PlainText.clean(path.replacing("\n", with: "_").replacing("\t", with: "_")))
        let parts = clean.split(separator: "/").filter { $0 != "." && $0 != ".." }
        let name = parts.isEmpty ? "_" : parts.joined(separator: "/")
        var unique = name
        var number = 2
        while !names.insert(unique).inserted {
            unique = "\(name)-\(number)"
            number += 1
        }
        return unique
    }
}
