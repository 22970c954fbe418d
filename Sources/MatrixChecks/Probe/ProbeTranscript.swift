import MatrixCore

/// Reads what a ``ProbeScript`` printed: length-framed records, so that any bytes survive in them.
///
/// A record is a newline, `MARKER NUMBER STATUS BEGAN ENDED HELD OUTPUT-BYTES ERROR-BYTES`, a newline and the bytes, among them the end
/// mark of each stream. `HELD` is for how many seconds the host or the readers of the output stood still meanwhile.
struct ProbeTranscript: Sendable {
    /// One answer per probe, in the order of the probes; the error if there is no answer.
    let answers: [Result<ProbeAnswer, Unanswered>]
    /// The numbers of the probes that left no record and may be asked again.
    let lost: [Int]

    init(_ result: CommandResult, of script: ProbeScript) {
        var reader = Reader(bytes: result.standardOutput[...], marker: Array("\n\(script.marker) ".utf8))
        let (records, lacking) = reader.records(count: script.probes.count)
        let missing = Self.missing(result, lacking: lacking, began: reader.began)
        var lost: [Int] = []
        answers = script.probes.enumerated().map { number, probe in
            guard let record = records[number], record.status != "lost" else {
                if lacking == nil, reader.began { lost.append(number) }
                return .failure(missing)
            }
            let answer = Self.answer(record, to: probe, of: script)
            if case .failure(let reason) = answer, [Self.truncated, Self.held(record, probe)].contains(reason) { lost.append(number) }
            return answer
        }
        // A disk is also full while other questions fill it.
        self.lost = (lost + records.values.filter { $0.status == "unkept" }.map(\.number)).sorted()
    }

    private static let full = Unanswered(
        "the host did not keep the output: the disk of its /tmp is full", next: "make room there (df -h /tmp), then run the checks again")

    private static func answer(_ record: Record, to probe: Probe, of script: ProbeScript) -> Result<ProbeAnswer, Unanswered> {
        if record.status == "nouser" {
            return .failure(Unanswered("there is no user \(probe.user) on the host", next: "correct as:, or create the account"))
        }
        if record.status == "noswitch" {
            return .failure(Unanswered("the host has none of setpriv, runuser and su to ask as \(probe.user)", next: "install util-linux"))
        }
        if record.status == "unkept" { return .failure(full) }
        guard let status = Int32(record.status) else { return .failure(Unanswered("the host's answer is damaged")) }
        let seconds = max(0, record.ended - record.began)
        let timedOut = (status == 124 || status == 137 || status == 143) && seconds >= probe.timeout.inSeconds - 0.05
        let output = Stream(record.output, to: probe, of: script)
        let error = Stream(record.error, to: probe, of: script)
        guard output.isWhole && error.isWhole else { return .failure(truncated) }
        if timedOut, record.held > 0 { return .failure(held(record, probe)) }
        return .success(
            ProbeAnswer(
                end: timedOut ? .timedOut : .status(status), output: output.bytes, error: error.bytes, outputIsCut: output.isCut,
                errorIsCut: error.isCut, seconds: seconds))
    }

    /// Stands before the reason why no folder can be made.
    private static let unwritable = "unwritable "

    private static let truncated = Unanswered(
        "the host did not keep all of the output", next: "see its load (uptime) and the room in /tmp (df /tmp), then run the checks again")

    private static func held(_ record: Record, _ probe: Probe) -> Unanswered {
        let limit = probe.timeout.brief
        return Unanswered(
            "the host, or what reads its output there, stood still for \(record.held) s, so that nobody knows what ends within \(limit)",
            next: "see its load (uptime), then run the checks again")
    }

    private static func missing(_ result: CommandResult, lacking: String?, began: Bool) -> Unanswered {
        if let why = lacking?.rest(after: Self.unwritable) {
            let reason = why.ranges(of: ": ").last.map { ": " + PlainText.clean(String(why[$0.upperBound...])) } ?? ""
            return Unanswered(
                "neither /tmp nor /dev/shm can be written on the host, and checks need one of them\(reason)",
                next: "see df /tmp and the options of its mount there")
        }
        if let lacking { return Unanswered("the host has no \(lacking), which checks need", next: "install coreutils") }
        let errors = Redactor.current.redact(PlainText.clean(result.standardError))
        let tail = errors.split(whereSeparator: \.isNewline).suffix(5).joined(separator: "\n")
        guard began else {
            let why = tail.split(separator: "\n").last.map(String.init) ?? "exit status \(result.exitStatus)"
            return Unanswered("the host did not run the checks: \(why)", detail: tail.isEmpty ? nil : tail)
        }
        return Unanswered(
            "the host's answer was lost: the shell that asked was ended", next: "find out whether a check of this host kills shells")
    }
}

extension ProbeTranscript {
    /// What a question printed on one stream.
    private struct Stream {
        /// At most the probe's `limit` bytes.
        let bytes: [UInt8]
        /// Whether there was more than the limit.
        let isCut: Bool
        /// Whether it was read to its end or to its limit.
        let isWhole: Bool

        /// A process that the question left behind may have printed something behind the mark: that is not part of the answer.
        /// The last mark is the script's: one before it was printed by the question.
        init(_ kept: ArraySlice<UInt8>, to probe: Probe, of script: ProbeScript) {
            let end = kept.lastPosition(ofLine: script.endMark)
            let printed = kept[..<(end ?? kept.endIndex)]
            isCut = printed.count > probe.limit
            bytes = isCut ? Redactor.current.withoutPartialSecret(printed.prefix(probe.limit)) : Array(printed)
            isWhole = end != nil || kept.count >= script.capacity(of: probe)
        }
    }

    struct Record {
        var number: Int
        var status: String
        var began: Double
        var ended: Double
        var held: Int
        var output: ArraySlice<UInt8>
        var error: ArraySlice<UInt8>
    }

    /// Walks over the bytes; after a damaged record it goes on at the next marker.
    private struct Reader {
        var bytes: ArraySlice<UInt8>
        let marker: [UInt8]
        /// Whether the script got as far as its first line.
        var began = false

        /// The records by number, and the tool that the host lacks.
        mutating func records(count: Int) -> ([Int: Record], lacking: String?) {
            var records: [Int: Record] = [:]
            while let line = nextHeader() {
                let words = line.split(separator: " ").map(String.init)
                switch words.first {
                case "begin": began = true
                case "lacks": return (records, words.dropFirst().joined(separator: " "))
                case "unwritable": return (records, line)
                case "end": return (records, nil)
                default:
                    guard let record = record(words), (0..<count).contains(record.number), records[record.number] == nil else { continue }
                    records[record.number] = record
                }
            }
            return (records, nil)
        }

        /// The rest of the next line that begins with the marker; `bytes` then begin behind it.
        private mutating func nextHeader() -> String? {
            guard let found = bytes.position(ofLine: marker) else { return nil }
            let rest = bytes[(found + marker.count)...]
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            bytes = bytes[(end + 1)...]
            return String(decoding: rest[..<end], as: UTF8.self)
        }

        private mutating func record(_ words: [String]) -> Record? {
            guard words.count == 7, let number = Int(words[0]), let began = Double(words[2]), let ended = Double(words[3]),
                let held = Int(words[4]), let outputCount = Int(words[5]), let errorCount = Int(words[6]),
                outputCount >= 0, errorCount >= 0,
                outputCount <= bytes.count, errorCount <= bytes.count - outputCount
            else { return nil }
            let output = bytes.prefix(outputCount)
            let error = bytes.dropFirst(outputCount).prefix(errorCount)
            bytes = bytes.dropFirst(outputCount + errorCount)
            return Record(number: number, status: words[1], began: began, ended: ended, held: held, output: output, error: error)
        }
    }
}

extension ArraySlice<UInt8> {
    /// The last position of `beginning`, which is a newline and the beginning of a line.
    fileprivate func lastPosition(ofLine beginning: [UInt8]) -> Int? {
        var end = endIndex
        while let newline = self[..<end].lastIndex(of: UInt8(ascii: "\n")) {
            if self[newline...].starts(with: beginning) { return newline }
            end = newline
        }
        return nil
    }

    /// The position of `beginning`, which is a newline and the beginning of a line.
    fileprivate func position(ofLine beginning: [UInt8]) -> Int? {
        var start = startIndex
        while let newline = self[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if self[newline...].starts(with: beginning) { return newline }
            start = newline + 1
        }
        return nil
    }
}
