import MatrixCore
import Synchronization

/// A property of a check that is a key of the matrix file: declaration, default, examination and value in one.
///
/// The property's name is the key's. ``KeyedCheck`` sets the value once, before the check is asked.
@propertyWrapper
struct Key<Value: Sendable>: CheckKey {
    let shape: Shape
    let summary: String
    let use: KeyUse
    let examine: @Sendable (Document) -> [Diagnostic]
    private let holder: Holder
    private let reader: @Sendable (Document) throws -> Value?

    /// Reflection yields copies of properties: what is set through it lies outside of them.
    private final class Holder: Sendable {
        let value: Mutex<Value>

        init(_ value: Value) { self.value = Mutex(value) }
    }

    /// - Parameters:
    ///   - initial: the value where the file does not have the key, or the reader returns nil.
    ///   - examine: finds what the shape cannot say, references unresolved.
    init(
        _ initial: Value, _ shape: Shape, _ summary: String = "", _ use: KeyUse = .option,
        examine: @escaping @Sendable (Document) -> [Diagnostic] = { _ in [] }, reader: @escaping @Sendable (Document) throws -> Value?
    ) {
        self.shape = shape
        self.summary = summary
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

/// A ``Key`` of whatever type.
protocol CheckKey: Sendable {
    var shape: Shape { get }
    var summary: String { get }
    var use: KeyUse { get }
    var examine: @Sendable (Document) -> [Diagnostic] { get }
    func read(_ document: Document) throws
}

/// What a key is for.
enum KeyUse: Sendable {
    /// The kind's own key: what is asked about.
    case subject
    /// Whether that must be there; assertions about what must not be there are refused.
    case presence
    /// What must be true of it.
    case assertion
    /// How it is asked.
    case option
}

extension Key<String> {
    /// A name that is asked about.
    init(subject examine: @escaping @Sendable (Document) -> [Diagnostic] = { _ in [] }) {
        self.init("", .text, "", .subject, examine: examine) { $0.text }
    }
}

extension Key<Bool> {
    init(wrappedValue: Bool, _ summary: String, _ use: KeyUse = .option) {
        self.init(wrappedValue, .boolean, summary, use) { $0.bool }
    }
}

extension Key<Matcher?> {
    init(_ summary: String, reader: @escaping @Sendable (Document) throws -> Matcher = { try Matcher($0) }) {
        self.init(nil, .matcher, summary, .assertion, examine: Matcher.problems(in:)) { .some(try reader($0)) }
    }

    /// - Parameter paths: makes the matcher of a map from paths to matchers.
    init(_ summary: String, paths: @escaping @Sendable (Document) throws -> Matcher) {
        self.init(nil, .map(.matcher), summary, .assertion, examine: Matcher.problems(inMap:)) { .some(try paths($0)) }
    }
}
