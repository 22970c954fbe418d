import MatrixCore
import Synchronization

/// A property of a check that is a key of the matrix file: declaration, default, examination and value in one.
///
/// The property's name is the key's. ``KeyedCheck`` sets the value once, before the check is asked.
@propertyWrapper
struct Key<Value: Sendable>: CheckKey {
    let declaration: KeyShape
    let use: KeyUse
    let examine: @Sendable (Document) -> [Diagnostic]
    private let holder: Holder
    private let reader: @Sendable (Document) throws -> Value?

    /// Reflection yields copies of properties, so the value is stored outside of them.
    private final class Holder: Sendable {
        let value: Mutex<Value>

        init(_ value: Value) { self.value = Mutex(value) }
    }

    /// - Parameters:
    ///   - initial: the value if the file does not have the key, or the reader returns nil.
    ///   - examine: finds what the shape cannot say, references unresolved.
    init(
        _ initial: Value, _ shape: Shape, _ summary: String = "", _ use: KeyUse = .option, required: Bool = false,
        examine: @escaping @Sendable (Document) -> [Diagnostic] = { _ in [] }, reader: @escaping @Sendable (Document) throws -> Value?
    ) {
        declaration = KeyShape("", shape, summary, required: required)
        self.use = use
        self.examine = examine
        self.reader = reader
        holder = Holder(initial)
    }

    var wrappedValue: Value { holder.value.withLock(\.self) }

    func read(_ document: Document) throws {
        if let value = try reader(document) { holder.value.withLock { $0 = value } }
    }
}

/// A ``Key`` of any type.
protocol CheckKey: Sendable {
    /// Without its name, which is the property's.
    var declaration: KeyShape { get }
    var use: KeyUse { get }
    var examine: @Sendable (Document) -> [Diagnostic] { get }
    func read(_ document: Document) throws
}

/// What a key is for.
enum KeyUse: Sendable {
    /// The kind's own key: a text that names what is asked about.
    case name
    /// The kind's own key, if it does not hold a name.
    case subject
    /// Whether it must exist; assertions about something that must not exist are refused.
    case presence
    /// What must be true of it.
    case assertion
    /// How it is asked.
    case option
}

extension Key<String> {
    /// A name that is asked about.
    init(subject examine: @escaping @Sendable (Document) -> [Diagnostic] = { _ in [] }) {
        self.init("", .text, "", .name, examine: examine) { $0.text }
    }

    init(wrappedValue: String, _ summary: String, _ shape: Shape = .text) {
        self.init(wrappedValue, shape, summary) { $0.text }
    }
}

extension Key<String?> {
    init(_ summary: String, _ shape: Shape = .text) {
        self.init(nil, shape, summary) { $0.text }
    }
}

extension Key<Bool> {
    init(wrappedValue: Bool, _ summary: String, _ use: KeyUse = .option) {
        self.init(wrappedValue, .boolean, summary, use) { $0.bool }
    }
}

extension Key<Bool?> {
    init(_ summary: String, _ use: KeyUse = .option) {
        self.init(nil, .boolean, summary, use) { $0.bool }
    }
}

extension Key<Matcher> {
    init(wrappedValue: Matcher, _ summary: String) {
        self.init(wrappedValue, .matcher, summary, .assertion, examine: Matcher.problems(in:)) { try Matcher($0) }
    }
}

extension Key<Matcher?> {
    init(
        _ summary: String, required: Bool = false, examine: @escaping @Sendable (Document) -> [Diagnostic] = Matcher.problems(in:),
        reader: @escaping @Sendable (Document) throws -> Matcher = { try Matcher($0) }
    ) {
        self.init(nil, .matcher, summary, .assertion, required: required, examine: examine) { .some(try reader($0)) }
    }

    /// - Parameter paths: makes the matcher of a map from paths to matchers.
    init(_ summary: String, paths: @escaping @Sendable (Document) throws -> Matcher) {
        self.init(nil, .map(.matcher), summary, .assertion, examine: Matcher.problems(inMap:)) { .some(try paths($0)) }
    }
}

extension Key {
    /// A value that is parsed: what cannot be parsed is a problem, unless a reference in it is not resolved yet.
    init(
        _ initial: Value, _ shape: Shape, _ summary: String = "", use: KeyUse = .option,
        parse: @escaping @Sendable (Document) throws(UsageError) -> Value
    ) {
        let examine: @Sendable (Document) -> [Diagnostic] = { document in
            guard document.text?.contains("${") != true else { return [] }
            do throws(UsageError) { _ = try parse(document) } catch { return error.diagnostics }
            return []
        }
        self.init(initial, shape, summary, use, examine: examine) { try parse($0) }
    }
}
