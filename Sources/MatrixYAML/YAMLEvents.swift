internal import CYaml

/// The events of libyaml for one text. The bytes must stay in their place until this ends.
struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeBufferPointer<UInt8>
    private let isReady: Bool

    /// - Parameter bytes: valid UTF-8 without a byte order mark, not empty.
    init(of bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        parser = .allocate(capacity: 1)
        isReady = yaml_parser_initialize(parser) == 1 && bytes.baseAddress != nil
        guard isReady else { return }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event. After the end of the stream there is none.
    mutating func next() throws(YAMLFault) -> YAMLEvent {
        var event = yaml_event_t()
        guard isReady, yaml_parser_parse(parser, &event) == 1 else { throw fault }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(kind: Self.kind(of: event), line: event.start_mark.line + 1, column: event.start_mark.column + 1)
    }

    private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        switch event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let value = UnsafeBufferPointer(start: scalar.value, count: scalar.value == nil ? 0 : scalar.length)
            return .scalar(
                String(decoding: value, as: UTF8.self), plain: scalar.style == YAML_PLAIN_SCALAR_STYLE,
                YAMLEvent.Properties(tag: text(scalar.tag), anchor: text(scalar.anchor)))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return .listStart(YAMLEvent.Properties(tag: text(start.tag), anchor: text(start.anchor)))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return .mapStart(YAMLEvent.Properties(tag: text(start.tag), anchor: text(start.anchor)))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .end
        default: return .streamEnd
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
        pointer.map { String(decodingCString: $0, as: UTF8.self) }
    }

    // MARK: Errors

    private var fault: YAMLFault {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "the parser cannot start"
        let context = parser.pointee.context.map { String(cString: $0) }
        let message = [context, problem].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
        guard parser.pointee.error == YAML_READER_ERROR else {
            let mark = parser.pointee.problem_mark
            return YAMLFault(message: message, problem: problem, line: mark.line + 1, column: mark.column + 1)
        }
        let (line, column) = place(of: parser.pointee.problem_offset)
        return YAMLFault(message: problem, problem: problem, line: line, column: column, hint: "remove the character")
    }

    /// The position of a byte.
    private func place(of offset: Int) -> (line: Int, column: Int) {
        let before = String(decoding: bytes.prefix(max(0, offset)), as: UTF8.self)
        let lines = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return (lines.count, (lines.last?.unicodeScalars.count ?? 0) + 1)
    }
}
